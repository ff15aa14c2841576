"""What went wrong with the numbers, and where: the first operation that lost them, kinks, the row."""
