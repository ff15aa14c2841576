"""Gradients against what they should be: an independent computation at high precision."""
