"""The front door."""

from __future__ import annotations

from flask import Blueprint, render_template

pages = Blueprint("home", __name__)


@pages.get("/")
def show() -> str:
    """Say what this is, and where to go from here."""
    return render_template("home.html")
