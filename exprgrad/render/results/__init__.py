"""Results as rows and as documents, one file a kind."""
