"""Imports of products: what a file's rows say, what would come of them, and what comes of them."""
