"""Trials: rows of inputs drawn from their distributions, each made from the seed and the number of the trial alone."""
