"""Options of the commands whose inputs have an uncertainty."""
