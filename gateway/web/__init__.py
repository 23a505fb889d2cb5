"""The web client: server-rendered pages, a client of the same JSON services that everybody else uses."""
