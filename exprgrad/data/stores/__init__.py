"""Where bytes come from: files, pipes, URLs."""
