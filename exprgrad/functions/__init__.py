"""The function table, and the formulas in it as things that run."""
