"""The edge's own pages in each language: what is around a problem, and what each problem is called there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gateway.edge.problems import PROBLEMS


@dataclass(frozen=True)
class Said:
    """A problem in words: its title, and what a person can do."""

    title: str
    advice: str


@dataclass(frozen=True)
class Tongue:
    """A language: its code, what comes before `.html`, the words of the buttons, and those of problems by status."""

    code: str
    suffix: str
    home: str
    again: str
    problems: Mapping[int, Said]


ENGLISH = Tongue(
    "en", "", "Go to the home page", "Try again", {it.status: Said(it.title, it.advice) for it in PROBLEMS}
)
GERMAN = Tongue(
    "de",
    ".de",
    "Zur Startseite",
    "Noch einmal versuchen",
    {
        400: Said(
            "Nicht lesbar",
            "Ihr Browser hat etwas gesendet, das wir nicht lesen konnten. Meist hilft es, zurückzugehen und es noch "
            "einmal zu versuchen.",
        ),
        404: Said(
            "Nicht gefunden",
            "Unter dieser Adresse gibt es nichts. Vielleicht ist die Seite umgezogen, oder der Link hat unterwegs "
            "einen Buchstaben verloren.",
        ),
        405: Said(
            "So geht es nicht",
            "Diese Seite lässt sich so nicht benutzen. Bitte beginnen Sie noch einmal auf der Startseite.",
        ),
        408: Said(
            "Zu langsam",
            "Ihre Verbindung war zu langsam, um die Anfrage zu übermitteln. Bitte versuchen Sie es noch einmal.",
        ),
        413: Said("Zu groß", "Was Sie gesendet haben, ist größer, als diese Seite annimmt. Bitte senden Sie weniger."),
        414: Said("Adresse zu lang", "Diese Adresse ist zu lang, um eine von unseren zu sein."),
        429: Said(
            "Etwas langsamer, bitte",
            "Das war schneller, als wir folgen können. Warten Sie ein paar Sekunden und versuchen Sie es dann noch "
            "einmal; nichts ist verloren.",
        ),
        431: Said(
            "Zu viele Cookies",
            "Ihr Browser hat mehr Cookies gesendet, als wir lesen können. Es hilft, die dieser Website zu löschen.",
        ),
        500: Said(
            "Bei uns ist etwas kaputtgegangen",
            "Es liegt nicht an Ihnen, und in einem Augenblick kann es wieder gehen.",
        ),
        502: Said(
            "Gleich wieder da",
            "Dieser Teil des Marktplatzes wird gerade neu gestartet. Bitte versuchen Sie es in ein paar Sekunden noch "
            "einmal; nichts ist verloren.",
        ),
        503: Said(
            "Eine kurze Pause",
            "Dieser Teil des Marktplatzes macht eine kurze Pause. Bitte versuchen Sie es in ein paar Sekunden noch "
            "einmal.",
        ),
        504: Said(
            "Das hat zu lange gedauert",
            "Es hat länger gedauert, als es soll, deshalb haben wir aufgehört zu warten. Bitte versuchen Sie es in "
            "ein paar Sekunden noch einmal.",
        ),
    },
)
TONGUES = (ENGLISH, GERMAN)


def said() -> Iterator[tuple[str, Tongue, int, Said]]:
    """Every page: the name of its file, its language, its status and its words."""
    for tongue in TONGUES:
        yield from (
            (f"{it.status}{tongue.suffix}.html", tongue, it.status, tongue.problems[it.status]) for it in PROBLEMS
        )
