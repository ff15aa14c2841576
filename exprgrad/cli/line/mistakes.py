"""What people type who know another program: commands, options, arguments and values, and what to type instead.

The tables are looked at only once a line is refused.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Collection, Mapping, Sequence

import click

from exprgrad.errors import ExprgradError, UsageError
from exprgrad.functions.table import CONSTANTS, find
from exprgrad.syntax import parse
from exprgrad.text.elsewhere import STARTS, elsewhere
from exprgrad.text.spelling import did_you_mean

COMMANDS = {
    "solve root roots fsolve zero": 'for a root, train its square: exprgrad train "(x^2 - 2)^2" --x 1 --params x',
    "minimize minimise min optimize optimise optimum": "train looks for a minimum, and fit for least squares",
    "maximize maximise max": "train has --maximize",
    "integrate integral quad area": "there is no integration; eval has mean and sum over a range, as --x 0:1:0.01",
    "simplify expand factor": "diff simplifies derivatives, and eval an expression with free variables",
    "grad gradient derivative differentiate derive deriv d jacobian": "diff gives formulas, and eval numbers",
    "hessian": "diff and eval have --hessian",
    "taylor series": "diff and eval have --order",
    "calc calculate compute run evaluate value": "write exprgrad eval",
    "repl shell session calculator console interactive": "write exprgrad alone, on a terminal",
    "regress regression curvefit curve-fit curve_fit lsq leastsq nls interpolate": "write exprgrad fit",
    "learn sgd descent adam descend": "write exprgrad train",
    "draw tree dot mermaid": "write exprgrad graph",
    "chart curve figure show": "write exprgrad plot",
    "convert compile codegen translate latex code": "write exprgrad export",
    "validate verify test gradcheck": "write exprgrad check",
    "apply transform predict": "write exprgrad map",
    "steps trace": "write exprgrad explain",
    "list ls doc docs": "write exprgrad functions",
    "man usage": "write exprgrad help, or exprgrad help COMMAND",
    "version versions": "write exprgrad --version",
}
"""Names of commands elsewhere, and which command comes near."""

NTH = "derivative derivatives deriv"
"""Options that elsewhere say which derivative by a number, and elsewhere with respect to what by a name."""
CLAIM = f"{NTH} gradient grad expected claim compare"
"""Options that elsewhere give a derivative to be checked."""
DEFINE = "with define def where let assign var variable variables vars param parameter"
SPAN = "range xrange x-range xlim domain interval"
METHODS = "sgd momentum nesterov rmsprop adagrad adam adamw lbfgs"

_NAME = r"[^\W\d]\w*"
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_DASH = "[-–—−]{1,3}"
_SUFFIXES = "csv|tsv|txt|dat|parquet|pq|arrow|feather|ndjson|jsonl|json|npy|npz|xlsx?|ods"
_DATA = rf"[^\s*+()^]+\.(?:{_SUFFIXES})(?:\.(?:gz|zst|bz2|xz))?"

ARGUMENTS = [
    (rf"({_DATA})", "data", True, "--data {1}"),
    (r"([^\s*+()^]+\.toml)", "bind", True, "--bind {1}"),
    (r"([^\s*+()^]+\.(?:svg|png|pdf|html|dot|mmd|py|c|js|mjs|tex|sql))", "output", False, "--output {1}"),
    ("-", "data", False, "--data -"),
    (rf"{_DASH}({_NAME})=(.+)", "", True, "--{1} {2}"),
    (rf"{_DASH}([a-zA-Z])(\d[\d.]*)", "", True, "--{1} {2}"),
    (rf"{_DASH}({_NAME})\n((?!--).+)", "", True, "--{1} {2}"),
    (rf"({_NAME})\s*(?:==?|:=?)\s*({_NUMBER}.*)", "", True, "--{1} {2}"),
    (rf"({_NAME})\s*==?\s*(.+)", "", False, "--{1} {2}"),
    (rf"({_NAME})[:=]?\n({_NUMBER}.*)", "", False, "--{1} {2}"),
    (rf"({_NUMBER}:.+)", "", False, "--{name} {1}"),
    (rf"({_NUMBER})\s*\.\.+\s*({_NUMBER})", "", False, "--{name} {1}:{2}"),
    (rf"({_NUMBER}(?:,.*)?)", "", False, "--NAME {1} with the name of a variable"),
    (rf"({_NAME})", "wrt", False, "--wrt {1}"),
]
"""Patterns of an argument beside the expression, or of two of them with a newline between; the option that the command
must have for it; whether the expression may stand behind it; and what to type."""

_PLUS_MINUS = r"(?:±|∓|\+/?[-−]|-/?\+|\\pm|pm)"
_RANGE = "a range is written FIRST:LAST, or FIRST:LAST:STEP"
_LIST = "a list has commas"
_UNCERTAIN = "{name} is one number, a list or a range: ± and an uncertainty are not part of a value"
_PROPAGATE = "exprgrad uncertainty takes uncertain values"
_DISTRIBUTIONS = "normal|uniform|triangular|arcsine|trapezoid|ctrap|lognormal|student|exponential|truncated|readings"

_UNIT = "(?:[kcmµun]?[mgsVAWJNK]|[kMG]?Hz|[km]?eV|k?Pa|bar|mol|[lLhd]|min|Ω|€|[$]|EUR|USD)"

VALUES = [
    (rf"({_NUMBER})\s*{_PLUS_MINUS}.*", _UNCERTAIN, f"write {{option}}{{1}}; {_PROPAGATE}"),
    (rf"({_NUMBER})\(\d+(?:\.\d+)?\)((?:[eE][-+]?\d+)?).*", _UNCERTAIN, f"write {{option}}{{1}}{{2}}; {_PROPAGATE}"),
    (rf"(?:{_DISTRIBUTIONS})\(.*\)", "{name} is one number, a list or a range, and no distribution", _PROPAGATE),
    (rf"({_NUMBER}|[^.\s]+)\s*\.\.+\s*([^.\s]+(?:\.\d+)?)\s*\.\.+\s*(.+)", _RANGE, "write {option}{1}:{2}:{3}"),
    (r"(.*?[^.\s])\s*(?:\.\.+|\bto\b|→|->)\s*([^.\s].*|\.\d.*)", _RANGE, "write {option}{1}:{2}"),
    (r"(?:np\.|numpy\.)?(?:range|arange|linspace|logspace|seq)\s*\(.*\)", _RANGE, "as {option}0:1:0.1"),
    (r"[\[({]\s*([^][(){}]*:[^][(){}]*?)\s*[\])}]", "a range has no brackets", "write {option}{1}"),
    (r"[^:]*:|:[^:]*", _RANGE, "as {option}0:1"),
    (r"[\[({]\s*([^()]*?)\s*[\])}]", "a list has no brackets", "write {option}{list}"),
    (r"(\d{1,3}(?:[ ']\d{3})+)", "thousands are not set apart", "write {option}{digits}"),
    (r"(\d+),(\d+)", "the decimal sign is a point", "write {option}{1}.{2}"),
    (rf"(?=.*[;|\s])({_NUMBER}(?:\s*[,;|\s]\s*{_NUMBER})+)", _LIST, "write {option}{list}"),
    (r".*,\s*,.*|,.*", "a number is missing in the list", "as {option}1,2,3"),
    (rf"({_NUMBER})\s*k", "a value has no unit", "write {option}{1}e3"),
    (rf"({_NUMBER})\s*{_UNIT}(?:/{_UNIT})?", "a value has no unit", "write {option}{1}"),
    (_DATA, "columns come from a file by --data", "write --data {0}"),
    (r"(?i:true|yes|on)", "", "write {option}1"),
    (r"(?i:false|no|off)", "", "write {option}0"),
]
"""Patterns of values, what is wrong, and what to type; `{list}` is the first group with commas."""


def command(name: str) -> str:
    """Which command comes near one that there is not."""
    for words, hint in COMMANDS.items():
        if name.lower() in words.split():
            return hint
    if re.fullmatch(_DATA, name):
        return f"a command stands first: exprgrad fit or eval … --data {name}"
    if not name.isidentifier():
        return f'a command stands first: exprgrad eval "{name}"'
    if find(name):
        return f"exprgrad functions {name} tells about the function"
    return ""


def option(owner: click.Command, name: str, value: str) -> str:
    """What to type for an option of another program."""
    own = {opt.removeprefix("--"): param for param in owner.params for opt in param.opts if opt.startswith("--")}
    plain = name.lower().replace("_", "-")
    if plain in DEFINE.split() and (re.fullmatch(rf"{_NAME}=.+", value) or not value):
        return f"write -s {value or 'NAME=VALUE'}"
    chosen = [
        ours for ours, param in own.items() if isinstance(param.type, click.Choice) and plain in param.type.choices
    ]
    if chosen and not value:
        return f"write --{chosen[0]} {plain}"
    if plain in CLAIM.split() and "against" in own and value and not value.isidentifier() and not value.isdecimal():
        return f"write --against {shlex.quote(value)}"
    if plain in ("csv", "tsv") and "output" in own and re.fullmatch(_DATA, value) and not os.path.exists(value):
        return f"write -o {value}"
    near = ["order"] if plain in NTH.split() and (value.isdecimal() or not value) else []
    near += [plain, *elsewhere(plain)]
    for ours in near:
        if ours in own and ours != name:
            flag = getattr(own[ours], "is_flag", False)
            said = value or ("1" if near[0] == "order" else own[ours].metavar or "VALUE")
            return f"write --{ours}" if flag else f"write --{ours} {said}"
    if chosen:
        return f"write --{chosen[0]} {plain}"
    if plain in METHODS.split() and "optimizer" in own:
        return f"write --optimizer {plain}"
    if plain in SPAN.split():
        return "write --NAME FIRST:LAST with the name of a variable"
    if plain in STARTS.split():
        return "write --NAME VALUE for each parameter"
    variable, colon, text = name.partition(":")
    return f"write --{variable} {text}" if colon and variable.isidentifier() else ""


def no_expression(owner: click.Command, text: str) -> UsageError | None:
    """The error of an expression that is the name of a file."""
    own = [opt for param in owner.params for opt in param.opts]
    if "--data" in own and re.fullmatch(_DATA, text):
        return UsageError(f"{text} is a file of data, not an expression", hint=f"write --data {text}")
    if os.path.isfile(text):
        return UsageError(
            f"{text} is a file, not an expression", hint=f"to read the expression from it, write -f {text}"
        )
    return None


def second_end(given: Mapping[str, str], arguments: Sequence[str]) -> str:
    """What to type for a range that is written `--x 0 10`; `given` are the texts that variables have."""
    ends = [name for name, text in given.items() if re.fullmatch(_NUMBER, text)]
    if len(ends) == 1 and len(arguments) == 2 and re.fullmatch(_NUMBER, arguments[1]):
        return f"write --{ends[0]} {given[ends[0]]}:{arguments[1]}"
    return ""


def result_file(owner: click.Command, formats: Collection[str], arguments: Sequence[str]) -> str:
    """What to type for the file of a result that stands behind its format: `--json out.json`."""
    own = {opt for param in owner.params for opt in param.opts}
    if len(arguments) == 2 and "--output" in own and re.fullmatch(_DATA, arguments[1]):
        suffix = arguments[1].rpartition(".")[2]
        if f"--{suffix}" in formats and not os.path.exists(arguments[1]):
            return f"write -o {arguments[1]}"
    return ""


def quoted_column(error: ExprgradError) -> str:
    """The hint for a column that is named in quotes, as its header is: a name of the language stands for it."""
    from exprgrad.data.aliases import Names

    if "quotes are not part" not in error.message or error.source is None or error.span is None:
        return ""
    header = error.source.text[slice(*error.span)][1:-1]
    alias = Names([header]).alias_of.get(header, "")
    if not alias or header == alias or (_parses(header) and " (" not in header):
        return ""
    return f"a column with this header is called {alias}: see exprgrad columns FILE"


def argument(owner: click.Command, arguments: Sequence[str], names: Collection[str] = ()) -> str:
    """What to type for the arguments behind the expression, which is the first; `names` are its variables, once they
    are known."""
    files = list(filter(os.path.exists, arguments[1:]))
    if len(files) > 1 and re.fullmatch(r"\w+", arguments[0]):
        return "quote the expression: the shell has replaced its * by the names of files"
    if any(re.fullmatch(r"[-+*/^%<>=]+", text) for text in arguments) and _parses(" ".join(arguments)):
        return f'quote the expression: "{" ".join(arguments)}"'
    own = {opt.removeprefix("--") for param in owner.params for opt in param.opts}
    for pattern, needed, first, hint in ARGUMENTS:
        if (needed and needed not in own) or (needed == "wrt" and not names):
            continue
        count = 2 if r"\n" in pattern else 1
        texts = ["\n".join(arguments[index : index + count]) for index in range(0 if first else 1, len(arguments))]
        found = [match for text in texts if (match := re.fullmatch(pattern, text))]
        if found:
            return _together(owner, hint, [match.groups() for match in found], names)
    return next(filter(None, (option(owner, text.lstrip("-–—−"), "") for text in arguments[1:])), "")


def _together(owner: click.Command, hint: str, found: list[tuple[str, ...]], names: Collection[str]) -> str:
    """What to type for all arguments of a kind: `--a 3 --b 4`."""
    name, *values = found[0] or ("",)
    if names and hint in ("--{1} {2}", "--wrt {1}") and name not in names:
        return option(owner, name, *values or [""]) or did_you_mean(name, list(names), "", "--{}")
    variable = next(iter(names)) if len(names) == 1 else "NAME"
    return "write " + " ".join(hint.format("", *groups, name=variable) for groups in found)


_LONGEST = 200
"""Characters of a value that is looked up: what is longer is a list that a program wrote."""


def value(text: str, option: str) -> UsageError | None:
    """The error of a value that is written as elsewhere, if it is one."""
    name, _, variable = option.partition(" ")
    prefix = f"{name} " if not variable else f"{option}=" if name == "-s" else ""
    for pattern, wrong, hint in VALUES if len(text) <= _LONGEST else ():
        if match := re.fullmatch(pattern, text.strip()):
            groups = [group or "" for group in (match[0], *match.groups())]
            items = [item for item in re.split(r"\s*[,;|\s]\s*", groups[-1]) if item]
            words = {"name": option, "option": prefix, "list": ",".join(items), "digits": re.sub(r"\D", "", groups[-1])}
            message = wrong.format(*groups, **words) if wrong else f"{option} takes a number, not {text!r}"
            return UsageError(message, hint=hint.format(*groups, **words))
    return None


def whole_number(text: str) -> str:
    """What to type for a whole number that is written as 1e3; empty for what is none."""
    try:
        number = float(re.sub(r"[,' ](?=\d{3})", "", text))
    except ValueError:
        return ""
    return f"write {number:.0f}" if number.is_integer() else ""


def _parses(text: str) -> bool:
    try:
        return bool(parse(text).statements)
    except ExprgradError:
        return False


def decimal(texts: Mapping[str, str], message: str) -> str:
    """What to type where one number was wanted and 1,5 was given, which is a list of two."""
    for name, text in texts.items():
        if re.fullmatch(r"[-+]?\d+,\d+", text.strip()) and re.search(rf"\b{name}\b.*a column of 2", message):
            return f"the decimal sign is a point: --{name} {text.strip().replace(',', '.')}"
    return ""


WRITTEN = {"true": "1", "false": "0", "infinity": "inf", "none": "nan", "null": "nan", "na": "nan"}
"""Constants of other languages, in lower case, and how they are written here."""


def unbound(names: Sequence[str]) -> str:
    """What names without a value were perhaps meant to be: a derivative, a constant, a function."""
    changes = [name[1:] for name in names if re.fullmatch(r"d[^\W\d]\w*", name)]
    if len(changes) == 2:
        return f"a derivative is written diff({', '.join(changes)})"
    for name in names:
        constant = WRITTEN.get(name.lower(), name.lower())
        if constant in CONSTANTS or constant in "01":
            return f"the constant is written {constant}"
        if find(name):
            return f"a call is written {name}(x)"
    return ""
