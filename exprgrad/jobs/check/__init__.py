"""Value and gradient against an independent computation at high precision."""
