"""Columns between the passes over them: held in memory, or copied to disk."""
