"""Descriptions: Markdown as it was written (CommonMark), the harmless HTML that is shown, and the words to search."""

import html
import re
from functools import cache
from typing import NamedTuple

import nh3
from markdown_it import MarkdownIt

TAGS = {
    *("p", "br", "hr", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li", "a"),
    *("h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td", "s"),
}

_PLAIN = re.compile(r"[^\W\d_](?:[^\W_]|[ ,.;:()'/%?-])*")
"""One line of words with nothing that formats: what most spreadsheets have. Rendering it is most of importing a row."""


class Description(NamedTuple):
    """One text in three forms."""

    written: str
    shown: str
    words: str


def described(written: str) -> Description:
    """Render Markdown; HTML in it is shown as text, and whatever is no plain formatting is removed once more.

    Links open nothing but http, https and mailto, and say nothing for the shop to search engines.
    """
    if _PLAIN.fullmatch(written):
        return Description(written, f"<p>{written.rstrip()}</p>\n", " ".join(written.split()))
    return rendered(written)


def rendered(written: str) -> Description:
    """Render what may have formatting in it."""
    shown = _markdown().render(written.replace("\r\n", "\n").strip())
    words = html.unescape(_bare().clean(shown))
    return Description(written, _harmless().clean(shown), " ".join(words.split()))


@cache
def _harmless() -> nh3.Cleaner:
    """Made once: making it is nine tenths of cleaning a short text."""
    return nh3.Cleaner(
        tags=TAGS,
        attributes={"a": {"href", "title"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow ugc noopener",
    )


@cache
def _bare() -> nh3.Cleaner:
    return nh3.Cleaner(tags=set(), attributes={})


@cache
def _markdown() -> MarkdownIt:
    """Without raw HTML and pictures; a page's first heading is the product's title, so none is above it."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable(["image"])
    markdown.core.ruler.push("lower_headings", _lower_headings)
    return markdown


def _lower_headings(state: object) -> None:
    for token in getattr(state, "tokens", ()):
        if token.type in ("heading_open", "heading_close") and token.tag == "h1":
            token.tag = "h2"
