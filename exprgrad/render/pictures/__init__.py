"""Plots: as figures in files, and on a terminal."""
