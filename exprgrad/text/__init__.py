"""Text for people: numbers, excerpts of a source text, escapes, spelling."""
