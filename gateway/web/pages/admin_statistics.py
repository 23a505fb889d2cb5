"""How the whole market fares, and what it takes of it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template

from gateway.web.figures import figures
from gateway.web.guards import admins_only

pages = Blueprint("admin_statistics", __name__)


@pages.get("/admin/statistics")
@admins_only
def show() -> Any:
    """Counts, revenue and commission, and how they came about over time."""
    return render_template("admin/statistics.html", it=figures("/admin/statistics"))
