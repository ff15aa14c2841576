"""Gradient descent: the objective, the optimizer and the loop."""
