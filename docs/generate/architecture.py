"""The map of the code: `architecture.txt` with the floors, jobs, rooms and files put in, and its picture.

The floors are those of the one list in `tests/test_architecture.py`; what a room or a file is for is the first
paragraph of its docstring.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from exprgrad.functions.table import KINDS, find
from tests.test_architecture import FLOORS

_HAS_TABLES = {"data", "jobs"}
"""The floors with registries whose rows are no functions."""
_ROWS = {"Format", "Language", "Optimizer", "Schedule"}
"""The classes of these rows."""


def page(root: Path) -> str:
    """The page, from the files of a checkout."""
    package = root / "exprgrad"
    tables = {
        "floors": "\n".join(_floor(package, name) for name in reversed(FLOORS)),
        "jobs": "\n".join(f"- **{name}**: {about(package / 'jobs' / name)}" for name in jobs(package)),
        "files": "\n\n".join(_room(root, room) for floor in FLOORS for room in _rooms(package, floor)),
    }
    template = (root / "docs" / "generate" / "architecture.txt").read_text("utf-8")
    return re.sub(r"\{\{(\w+)\}\}", lambda match: tables[match[1]], template)


def jobs(package: Path) -> list[str]:
    """The names of the jobs."""
    return sorted(path.parent.name for path in (package / "jobs").glob("*/__init__.py"))


def about(path: Path) -> str:
    """What a room or a file is for: the first paragraph of its docstring."""
    text = ast.get_docstring(_tree(path / "__init__.py" if path.is_dir() else path)) or ""
    return " ".join(text.partition("\n\n")[0].split())


def place(package: Path, floor: str) -> Path:
    """The folder of a floor, or the file that is one."""
    return package / floor if (package / floor).is_dir() else package / f"{floor}.py"


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def _floor(package: Path, name: str) -> str:
    path = place(package, name)
    return f"| [{name}](#exprgrad{name}{'' if path.is_dir() else 'py'}) | {_cell(about(path))} |"


def _rooms(package: Path, floor: str) -> list[Path]:
    """A floor's folder and the folders in it; of a floor that is one file, the file."""
    top = place(package, floor)
    if top.is_file():
        return [top]
    return sorted(path.parent for path in top.rglob("__init__.py"))


def _room(root: Path, room: Path) -> str:
    """A heading, what the room is for, and a line for each file."""
    name = room.relative_to(root).as_posix()
    files = [path for path in sorted(room.iterdir()) if _is_shown(path)] if room.is_dir() else [room]
    head = f"### {name}{'/' * room.is_dir()}\n\n"
    if room.is_dir():
        head += f"{about(room)}\n\n"
    lines = [f"| [{path.name}](../{path.relative_to(root).as_posix()}) | {_cell(_what(path))} |" for path in files]
    return head.rstrip() if not lines else head + "\n".join(["| file | |", "|---|---|", *lines])


def _is_shown(path: Path) -> bool:
    return path.suffix in (".py", ".css", ".html", ".js") and path.name != "__init__.py"


def _what(path: Path) -> str:
    if path.suffix != ".py":
        return f"The {path.suffix[1:].upper()} that goes into pages."
    names = list(dict.fromkeys(_names(path)))
    return about(path) + (f" Has: {' '.join(f'`{name}`' for name in names)}" if names else "")


def _names(path: Path) -> Iterator[str]:
    """What a reader may search for: the functions, options and other rows of tables that a file has."""
    tree = _tree(path)
    yield from (row.name for module in KINDS if module.__file__ == str(path) for row in module.ROWS)
    if "cli" in path.parts:
        calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
        yield from (text for call in calls for text in _texts(call.args) if re.fullmatch(r"--[a-z][a-z0-9-]*", text))
    if _HAS_TABLES & set(path.parts):
        yield from _rows(tree)
    for statement in tree.body if _HAS_TABLES & set(path.parts) else ():
        value = statement.value if isinstance(statement, ast.Assign | ast.AnnAssign) else None
        keys = list(_texts(value.keys)) if isinstance(value, ast.Dict) and _is_public(statement) else []
        if sum(find(key) is None for key in keys) > len(keys) / 2:  # else the functions are what the table is about
            yield from (key for key in keys if re.fullmatch(r"[\w.-]+", key))


def _rows(tree: ast.Module) -> Iterator[str]:
    """The names in the rows of registries: the first texts that their classes are called with."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _ROWS:
            first = node.args[0] if node.args else next((k.value for k in node.keywords if k.arg == "name"), None)
            yield from _texts([first])


def _texts(nodes: Sequence[ast.expr | None]) -> Iterator[str]:
    """The texts among some expressions."""
    return (node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))


def _is_public(statement: ast.stmt) -> bool:
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    return all(isinstance(target, ast.Name) and not target.id.startswith("_") for target in targets)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
