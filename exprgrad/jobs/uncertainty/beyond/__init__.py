"""Beyond the linear law: terms of higher order."""
