"""An expression and its gradient in other languages."""
