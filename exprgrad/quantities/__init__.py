"""What the inputs are: estimates with their uncertainties, and how they are correlated."""
