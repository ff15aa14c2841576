"""The options of commands whose variables vary: by an uncertainty, or through a range."""
