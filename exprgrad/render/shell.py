"""Numbers as assignments of a shell, which `eval` takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from exprgrad.errors import UsageError
from exprgrad.render.sheet import Cell, cell_text

_SHELL = frozenset(
    "CDPATH COLUMNS DISPLAY EDITOR EGID ENV EUID FCEDIT FPATH FUNCNAME GID GROUPS HISTCMD HISTCONTROL HISTFILE "
    "HISTFILESIZE HISTIGNORE HISTSIZE HOME HOSTNAME HOSTTYPE IFS LANG LANGUAGE LINENO LINES LOGNAME MACHTYPE MAIL "
    "MAILCHECK MAILPATH MANPATH OLDPWD OPTARG OPTERR OPTIND OSTYPE PAGER PATH PIPESTATUS POSIXLY_CORRECT PPID PROMPT "
    "PS1 PS2 PS3 PS4 PWD RANDOM REPLY SECONDS SHELL SHELLOPTS SHLVL SRANDOM TERM TMOUT TMPDIR TZ UID USER USERNAME "
    "VISUAL ZDOTDIR argv cdpath fpath histchars mailpath manpath path pipestatus prompt psvar signals status".split()
)
"""Variables that change what sh, bash or zsh do, or that these do not allow to be changed."""
_SHELL_FAMILIES = ("BASH", "COMP_", "DYLD_", "EPOCH", "LC_", "LD_", "PROMPT_", "PYTHON", "XDG_", "ZSH_")

_OTHER = "rename it, or choose another format than env"


def check(names: Sequence[str], errors: bool = False) -> None:
    """Raise UsageError for a name that a shell cannot be given; with `errors`, also for one of a standard error."""
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"two numbers would be called {name}", hint="rename a variable, or choose another format")
        if not name.isascii():
            raise UsageError(f"{name} is no name that a shell knows", hint="choose another format than env")
        if name in _SHELL or name.startswith(_SHELL_FAMILIES):
            raise UsageError(f"{name} is a variable that a shell uses itself", hint=_OTHER)
        if errors and name.endswith("_err") and name.removesuffix("_err") in names:
            raise UsageError(f"{name} is also the name of the standard error of {name[:-4]}", hint=_OTHER)


def assignments(lines: Iterable[Mapping[str, Cell]], digits: int | None = None) -> str:
    """A line for each mapping, such as `a=1.5 a_err=0.1`. Numbers have all digits, or so many; a formula is quoted."""
    return "".join(" ".join(f"{name}={_word(x, digits)}" for name, x in line.items()) + "\n" for line in lines)


def _word(cell: Cell, digits: int | None) -> str:
    text = cell_text(cell, digits)
    if not isinstance(cell, str):
        return text
    from shlex import quote

    return quote(text)
