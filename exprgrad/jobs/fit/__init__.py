"""Fits: a formula `response ~ model` fitted to rows by least squares or maximum likelihood, and its statistics."""
