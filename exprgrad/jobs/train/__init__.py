"""Gradient descent: what is minimized, by which optimizer, in which loop, and what a run leaves behind."""
