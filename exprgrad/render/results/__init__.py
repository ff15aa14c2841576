"""Results as rows and as documents, one file for each kind."""
