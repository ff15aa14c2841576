"""Points that fill a cube more evenly than random ones: those of Sobol', scrambled."""
