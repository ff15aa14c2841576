"""Values and derivatives that are proved by ball arithmetic."""
