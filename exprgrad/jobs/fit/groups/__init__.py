"""Fits of groups of rows: each for itself, many at a time, or with parameters that all of them share."""
