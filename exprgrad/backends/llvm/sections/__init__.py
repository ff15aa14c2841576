"""Sums over sections of rows that lie together, each with parameters of its own, and rounds of such sums."""
