"""Measurements: accuracy against mpmath, and timings side by side with peers."""
