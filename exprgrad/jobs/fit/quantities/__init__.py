"""What options say of each row: the sigma, weight or number of trials, as a number, a column or an expression."""
