"""The command line: one file a command. The only code that prints."""

from __future__ import annotations


def main() -> None:
    """Entry point of the `exprgrad` command."""
    try:
        from exprgrad.cli.process import run
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    run()
