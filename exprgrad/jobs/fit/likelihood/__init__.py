"""Fits by maximum likelihood: counts, successes of trials, and errors with heavy tails."""
