"""Errors of the response that correlate between rows: generalized least squares."""
