"""The services of the marketplace, each with its own database."""
