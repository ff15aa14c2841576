"""What the formula says of its parameters: their roles, their units, and terms that can be exchanged."""
