"""Columns of numbers: which nodes are columns, in which stages they are computed, and in which order rows add up."""
