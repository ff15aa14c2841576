"""Both passes over an expression, step by step, with the names that a person reads."""
