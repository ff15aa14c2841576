"""The command line: one file a command. The only code that prints."""

from __future__ import annotations

import gc


def main() -> None:
    """Entry point of the `exprgrad` command."""
    gc.disable()  # a graph of a million nodes holds no cycles, and the process is short
    try:
        from exprgrad.cli.process import run
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    run()
