"""Completion in bash, zsh and fish: the scripts that they load, and the answers that these scripts ask for.

A script calls `exprgrad` with the line so far in the environment. Whatever is wrong with that line, there is no
message: there are no completions then.
"""

from __future__ import annotations

import os
import re
import signal
from typing import Any

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    add_completion_class,
    split_arg_string,
)

from exprgrad.cli.app import COMMANDS
from exprgrad.cli.completion.values import attach
from exprgrad.errors import ExitCode

VARIABLE = "_EXPRGRAD_COMPLETE"
"""What the environment has where a script asks."""
_LONGEST = 3.0
"""Seconds after which nobody waits for completions any more."""

_BASH = """\
%(complete_func)s() {
    local line value
    COMPREPLY=()
    while IFS= read -r line; do
        value=${line#*,}
        case ${line%%%%,*} in
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
            plain) COMPREPLY+=("$value") ;;
        esac
    done < <(
        COMP_WORDS=$(printf '%%s\\n' "${COMP_WORDS[@]}") COMP_CWORD=$COMP_CWORD \\
            COMP_LINE=${COMP_LINE:0:${COMP_POINT:-0}} %(complete_var)s=bash_complete "$1" 2>/dev/null
    )
    if [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *[=,/] ]]; then
        compopt -o nospace
    fi
}

complete -o nosort -F %(complete_func)s %(prog_name)s
"""
_FISH = """\
function %(complete_func)s
    command -q %(prog_name)s; or return
    set -lx %(complete_var)s fish_complete
    set -lx COMP_WORDS (commandline -cp | string collect)
    set -lx COMP_CWORD (commandline -ct | string collect)
    for line in (%(prog_name)s 2>/dev/null)
        set -l item (string split -m 1 , -- $line)
        switch $item[1]
            case dir
                __fish_complete_directories $item[2]
            case file
                __fish_complete_path $item[2]
            case plain
                printf '%%s\\n' $item[2]
        end
    end
end

complete --no-files --command %(prog_name)s --arguments "(%(complete_func)s)"
"""


class _Asked(ShellComplete):
    """A shell that asks about a line of `exprgrad`."""

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem]:
        name = next((arg for arg in args if not arg.startswith("-")), "")
        if name in COMMANDS:
            assert isinstance(self.cli, click.Group)
            command = self.cli.get_command(click.Context(self.cli), name)
            assert command is not None
            attach(command)
        self.ctx_args["obj"] = tuple(args)
        found = super().get_completions(args, incomplete)
        option, equals, _ = incomplete.partition("=")
        if not (equals and option.startswith("--")):
            return found
        return [
            CompletionItem(f"{option}={item.value}", item.type, item.help) if item.type == "plain" else item
            for item in found
        ]


class Bash(_Asked, BashComplete):
    """It takes a `=` or a `:` for the end of a word, replaces only what is behind, and quotes nothing itself."""

    source_template = _BASH

    def source(self) -> str:
        return ShellComplete.source(self)  # that of Click starts the bash of this machine, to ask for its version

    def get_completion_args(self) -> tuple[list[str], str]:
        self.kept, self.quote = "", ""
        line = os.environ.get("COMP_LINE")
        if not line:
            return super().get_completion_args()
        words = split_arg_string(line)
        incomplete = words.pop() if line == line.rstrip() or _open_quote(line) else ""
        self.quote = _open_quote(line)
        if not self.quote:
            self.kept = incomplete[: max(incomplete.rfind(mark) for mark in "=:") + 1]
        return words[1:], incomplete

    def format_completion(self, item: CompletionItem) -> str:
        value = str(item.value).removeprefix(self.kept)
        if item.type == "plain" and not self.quote:
            value = re.sub(r"([^\w@%+=:,./\x80-\U0010ffff-])", r"\\\1", value)
        return f"{item.type},{value}"


class Zsh(_Asked, ZshComplete):
    """As Click has it."""


class Fish(_Asked, FishComplete):
    """It is given values that have commas, too."""

    source_template = _FISH


SHELLS: tuple[type[_Asked], ...] = (Bash, Zsh, Fish)


def _open_quote(line: str) -> str:
    """The quote that is open at the end of a line; empty if there is none."""
    quote = ""
    for match in re.finditer(r"\\.|[\"']", line, re.DOTALL):
        text = match[0]
        if text in ("'", '"') and quote in ("", text):
            quote = "" if quote else text
    return quote


def complete(app: click.Command) -> int:
    """Answer a script, or print one: what VARIABLE asks for. An answer takes some seconds at the most."""
    for kind in SHELLS:
        add_completion_class(kind)
    signal.signal(signal.SIGALRM, lambda *_: os._exit(ExitCode.DONE))
    signal.setitimer(signal.ITIMER_REAL, _LONGEST)
    try:
        app.main(args=[], prog_name="exprgrad", standalone_mode=False)
    except SystemExit as leave:
        return leave.code if isinstance(leave.code, int) else ExitCode.DONE
    except Exception:
        return ExitCode.DONE
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return ExitCode.DONE


def script(kind: type[Any], app: click.Command) -> str:
    """The script of a shell."""
    return str(kind(app, {}, "exprgrad", VARIABLE).source()).strip() + "\n"
