"""What a run leaves on disk: checkpoints, from which it goes on, and the history of its epochs."""
