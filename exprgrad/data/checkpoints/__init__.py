"""Checkpoints: the state of a long run on disk, from which it goes on to the same bits."""
