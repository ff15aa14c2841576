"""Expressions made shorter, for people to read."""
