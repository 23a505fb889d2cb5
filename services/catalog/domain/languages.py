"""The languages that products are written in, and how PostgreSQL stems the words of each."""

from collections.abc import Collection

STEMMING = {
    "de": "german",
    "en": "english",
    "es": "spanish",
    "fr": "french",
    "it": "italian",
    "nl": "dutch",
    "pt": "portuguese",
    "sv": "swedish",
}
"""ISO 639-1 codes and the text search configurations that PostgreSQL brings along.

Words of any other language are found as they are written.
"""

DEFAULT = "en"
PLAIN = "simple"


def configuration(column: str) -> str:
    """The SQL that gives the configuration of the language in a column."""
    cases = " ".join(f"WHEN '{code}' THEN '{name}'" for code, name in STEMMING.items())
    return f"CAST(CASE {column} {cases} ELSE '{PLAIN}' END AS regconfig)"


def matches(spoken: Collection[str], language: str, document: str, query: str) -> str:
    """The SQL condition on a document that a query in the document's own language finds it.

    Said language by language, for those that are `spoken`: each is asked with its own stems, in the same index.
    """
    others = ", ".join(f"'{code}'" for code in STEMMING)
    asked = [
        f"({language} = '{code}' AND {document} @@ {_asked(name, query)})"
        for code, name in STEMMING.items()
        if code in spoken
    ]
    if set(spoken) - STEMMING.keys():
        asked.append(f"({language} NOT IN ({others}) AND {document} @@ {_asked(PLAIN, query)})")
    return f"({' OR '.join(asked)})" if asked else "false"


def rank(spoken: Collection[str], language: str, document: str, query: str) -> str:
    """The SQL that says how well a document answers a query, as a whole number that a cursor can hold."""
    cases = " ".join(
        f"WHEN '{code}' THEN {_rank(document, _asked(name, query))}"
        for code, name in STEMMING.items()
        if code in spoken
    )
    otherwise = _rank(document, _asked(PLAIN, query))
    chosen = f"CASE {language} {cases} ELSE {otherwise} END" if cases else otherwise
    return f"CAST(1000000 * {chosen} AS bigint)"


def _rank(document: str, asked: str) -> str:
    """How near the words are to each other counts, unless there is one: then it would be half of a search's time."""
    return f"CASE WHEN numnode({asked}) = 1 THEN ts_rank({document}, {asked}) ELSE ts_rank_cd({document}, {asked}) END"


def _asked(name: str, query: str) -> str:
    return f"websearch_to_tsquery('{name}', {query})"
