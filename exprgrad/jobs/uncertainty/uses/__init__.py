"""What an uncertainty is wanted for: limits that it has to keep to, and how small it could be made."""
