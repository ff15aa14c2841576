"""The command line: one file for each command. The only code that prints."""

from __future__ import annotations

import gc


def main() -> None:
    """Entry point of the `exprgrad` command."""
    gc.disable()  # docs/decisions/0006: a start spends a fifth of its time in the collector
    try:
        from exprgrad.cli.process import run
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    run()
