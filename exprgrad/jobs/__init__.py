"""What the commands compute, one room a command; each gives a frozen result. Jobs do not import one another."""
