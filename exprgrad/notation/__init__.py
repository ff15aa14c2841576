"""A graph as text: infix, LaTeX, MathML."""
