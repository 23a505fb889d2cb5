"""The edge's own pages: one for every problem in every language, with a way on."""

from __future__ import annotations

import pytest

from gateway.edge.problems import PROBLEMS
from gateway.edge.rendering import error_pages
from gateway.edge.tongues import TONGUES


@pytest.mark.parametrize("tongue", TONGUES, ids=lambda tongue: tongue.code)
def test_every_problem_has_a_page_that_says_what_to_do(tongue: object) -> None:
    pages = error_pages("/static/market.css", "/static/mark.svg")
    for it in PROBLEMS:
        page = pages[f"{it.status}{tongue.suffix}.html"]  # type: ignore[attr-defined]
        assert tongue.problems[it.status].advice in page  # type: ignore[attr-defined]
        assert (f'href="">{tongue.again}<' in page) == it.passes  # type: ignore[attr-defined]
    assert len(pages) == len(PROBLEMS) * len(TONGUES)
