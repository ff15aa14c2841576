"""Descents of many groups in machine code: a round of them as a graph."""
