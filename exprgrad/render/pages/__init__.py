"""A training run or a fit as a page of its own."""
