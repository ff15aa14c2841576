"""Probability distributions, as rows of one table, and values that have an uncertainty."""
