"""The propagation of distributions by trials: the Monte Carlo method of JCGM 101."""
