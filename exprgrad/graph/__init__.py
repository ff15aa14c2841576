"""The graph of nodes: lowering a program to it, computing in it, and what can be reached in it."""
