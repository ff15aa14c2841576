"""The loop of training: what one update is, and the loop on Python floats, over columns and in compiled code."""
