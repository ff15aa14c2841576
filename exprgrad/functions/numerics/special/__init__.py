"""Algorithms of special functions: error functions, beta and incomplete functions, integrals, Bessel functions."""
