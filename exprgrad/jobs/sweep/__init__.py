"""Sweeps: what each variable goes through, which rows a design makes of that, and what is drawn of them."""
