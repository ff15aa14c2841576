"""Published numbers, and what `exprgrad uncertainty` makes of the same inputs."""
