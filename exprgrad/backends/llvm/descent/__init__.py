"""Gradient descent in one loop of compiled code."""
