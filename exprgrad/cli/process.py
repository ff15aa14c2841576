"""The command as a process: what ends it, and what the shell is told."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from exprgrad.cli.app import app
from exprgrad.cli.output import ReaderGone, Terminated, at_a_terminal, complain, to_stderr
from exprgrad.errors import ExitCode, ExprgradError, OutputError, options_named, report

_SOON = 0.1
"""Seconds after which the destructor has ended."""


def run(args: Sequence[str] | None = None) -> NoReturn:
    """Run the command and end the process: with an exit code of `ExitCode`, or by the signal that came."""
    sys.unraisablehook = _unraisable
    sys.meta_path.insert(0, _NoPandas)
    # The matrices here are small: threads of OpenBLAS would take 0.1 s at each import of NumPy, and gain nothing.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        code = execute(args)
    except KeyboardInterrupt:
        _die("SIGINT")
    except ReaderGone:
        _die("SIGPIPE")
    except Terminated as signal:
        _die(signal.name)
    _leave(code)


def execute(args: Sequence[str] | None = None) -> int:
    """Run the command; the exit code. Lets KeyboardInterrupt and ReaderGone pass."""
    if args is None and "_EXPRGRAD_COMPLETE" in os.environ:
        from exprgrad.cli.completion.shells import complete

        return complete(app)
    with options_named():
        return _execute(args)


def _execute(args: Sequence[str] | None) -> int:
    stdout = sys.stdout
    try:
        if not (sys.argv[1:] if args is None else args) and at_a_terminal():
            from exprgrad.cli.repl.start import converse_with_user

            return converse_with_user(execute)
        result = app.main(args=list(args) if args is not None else None, prog_name="exprgrad", standalone_mode=False)
        sys.stdout and sys.stdout.flush()
        return result if isinstance(result, int) else ExitCode.DONE
    except BrokenPipeError:
        raise ReaderGone from None
    except SystemExit as leave:  # Click's completion; and its own output, when it meets a closed pipe
        if sys.stdout is not stdout:
            raise ReaderGone from None
        return leave.code if isinstance(leave.code, int) else ExitCode.DONE
    except click.exceptions.NoArgsIsHelpError as error:
        to_stderr(error.format_message())
        return ExitCode.USAGE
    except click.Abort:
        raise KeyboardInterrupt from None
    except click.UsageError as error:
        complain(_usage(error))
        return ExitCode.USAGE
    except ExprgradError as error:
        complain(str(error))
        return error.exit_code
    except OSError as error:
        complain(str(OutputError(f"cannot write the output: {error.strerror or error}")))
        return ExitCode.OUTPUT
    except MemoryError:
        complain("out of memory: this takes more than the machine has")
        return ExitCode.LIMIT
    except Exception as error:
        if os.environ.get("EXPRGRAD_DEBUG") == "1":
            raise
        complain(report(f"a bug in exprgrad ({type(error).__name__}: {error})", hint="EXPRGRAD_DEBUG=1 shows where"))
        return ExitCode.BUG


def _usage(error: click.UsageError) -> str:
    """Click's message as one line: what is wrong, then what to do."""
    message = error.format_message().rstrip(".")
    command = error.ctx.command_path if error.ctx else "exprgrad"
    return report(message[:1].lower() + message[1:], hint=f"see {command} --help")


def _leave(code: int) -> NoReturn:
    """End the process, without a second try to flush what could not be written."""
    if code == ExitCode.OUTPUT and sys.stdout is not None:
        os._exit(code)
    gc.freeze()  # saves the interpreter a last search for cycles of garbage
    raise SystemExit(code)


class _NoPandas:
    """pyarrow imports pandas, if it is there, before it converts its first Python value: 0.2 s that no command needs.
    This finder of modules says that it is not there."""

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> None:
        if name == "pandas":
            raise ModuleNotFoundError("exprgrad does without pandas", name=name)


def _unraisable(fault: sys.UnraisableHookArgs) -> None:
    """Python loses the exception of a signal that comes while a destructor runs: send the signal again."""
    error = fault.exc_value
    if isinstance(error, KeyboardInterrupt | Terminated):
        _again(error.name if isinstance(error, Terminated) else "SIGINT")
    else:
        sys.__unraisablehook__(fault)


def _again(name: str) -> None:
    import signal
    from threading import Timer

    while True:
        try:
            return Timer(_SOON, os.kill, (os.getpid(), signal.Signals[name])).start()
        except (KeyboardInterrupt, Terminated):  # it came before this has ended
            continue


def _die(name: str) -> NoReturn:
    """End by a signal, so that the shell sees it (128 + its number) and stops a loop."""
    import signal

    number = signal.Signals[name]
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
    os._exit(128 + number)
