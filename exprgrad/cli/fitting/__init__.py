"""What `fit` has beyond one fit of all rows."""
