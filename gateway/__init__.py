"""The gateway: one table of public routes, the edge rendered from it, the static files and the web client."""
