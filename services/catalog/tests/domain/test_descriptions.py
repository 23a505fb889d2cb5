"""Descriptions: formatting is kept, and nothing that could harm whoever reads them."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.catalog.domain.descriptions import described, rendered

HARMFUL = re.compile(r"^</?(script|img|iframe)|\son\w+\s*=|(javascript|data):")


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("# Big\n\n*soft* **loud** ~~gone~~", "<h2>Big</h2>\n<p><em>soft</em> <strong>loud</strong> <s>gone</s></p>\n"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
        (
            "[shop](https://x.example 'T')",
            '<p><a href="https://x.example" title="T" rel="nofollow ugc noopener">shop</a></p>\n',
        ),
        ("", ""),
    ],
)
def test_formatting_is_kept(written: str, shown: str) -> None:
    assert described(written).shown == shown


@pytest.mark.parametrize(
    "written",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt&#58;alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](https://tracker.example/pixel.png)",
        '<https://x.example/"onmouseover=alert(1)>',
        "<a href='https://x.example' onclick='alert(1)'>x</a>",
        "```\n</code></pre><script>alert(1)</script>\n```",
    ],
)
def test_nothing_harmful_is(written: str) -> None:
    tags = re.findall("<[^>]*>", described(written).shown.lower())
    assert [tag for tag in tags if HARMFUL.search(tag)] == []


def test_words_are_what_people_read() -> None:
    assert described("# Bowl\n\n*Fine* &amp; [big](https://x.example), a < b").words == "Bowl Fine & big, a < b"


SIGNS = " ,.;:()'/%?-*_\n#&<>!`[]|=~+\t\\\""


@settings(max_examples=500)
@given(st.text(st.sampled_from("aa1 漢") | st.sampled_from(SIGNS), max_size=9))
def test_plain_words_are_shown_as_if_they_had_been_rendered(written: str) -> None:
    for text in (written, f"a{written}", f"a{written}b{written}c"):
        assert described(text) == rendered(text)
