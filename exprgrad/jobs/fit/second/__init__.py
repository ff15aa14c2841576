"""The second derivatives of the cost, and what descents need them for."""
