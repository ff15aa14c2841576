"""`python -m exprgrad` is the command `exprgrad`."""

from exprgrad.cli import main

main()
