"""Intervals of the parameters that need not be symmetric: by profiles of the likelihood, and by resampling the rows."""
