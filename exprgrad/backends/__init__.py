"""What runs a graph on numbers."""
