"""The edge: renders the table of public routes into the configuration of nginx."""
