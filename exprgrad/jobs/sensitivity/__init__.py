"""Which input matters: the shares of the inputs in the variance of an expression, and other measures of it."""
