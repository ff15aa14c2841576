"""The options of `train`."""
