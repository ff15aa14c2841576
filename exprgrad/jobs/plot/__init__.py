"""Values and derivatives along one variable, or over two."""
