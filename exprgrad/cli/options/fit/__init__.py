"""The options of `fit`, `predict` and `compare`."""
