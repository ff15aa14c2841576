"""Certified numbers: balls, that is a midpoint and a radius, in which the exact result lies."""
