"""A drawing as a self-contained interactive page."""
