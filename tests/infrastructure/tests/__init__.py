"""The fixtures keep their promises."""
