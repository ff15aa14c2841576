"""The session that `exprgrad` alone opens on a terminal: lines in, answers out. The only import of prompt_toolkit."""
