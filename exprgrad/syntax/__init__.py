"""Text to program: the grammar's parser and the postfix code it writes."""

from exprgrad.syntax.parser import parse
from exprgrad.syntax.program import Code, Program

__all__ = ["Code", "Program", "parse"]
