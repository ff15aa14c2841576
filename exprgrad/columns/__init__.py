"""Columns of numbers: which nodes are columns, in which passes they are computed, and in which order rows add up."""
