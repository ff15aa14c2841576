"""Both passes over an expression, step by step, for a person to follow."""
