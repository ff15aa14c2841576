"""Points at which an expression is computed, sums over them, and intervals from these sums."""
