"""The static files: our own sources in `assets/`, htmx from its wheel, built into names that carry their hash."""
