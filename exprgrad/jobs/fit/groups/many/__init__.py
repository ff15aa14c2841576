"""Fits of many groups at once: arrays in which each group is a place, and one call of machine code for all rows."""
