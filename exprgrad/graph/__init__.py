"""The node graph: lowering to it, computing in it, simplifying and writing it."""
