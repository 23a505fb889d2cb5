"""Joins the post and the walls into the processes of a service."""
