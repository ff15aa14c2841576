"""The graph of an expression, drawn: as an interactive page, for Graphviz, as Mermaid."""
