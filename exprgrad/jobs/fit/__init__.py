"""Least squares: a formula `response ~ model` fitted to rows, and the statistics of the fit."""
