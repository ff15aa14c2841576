"""The house's plan: who may import whom, and where each third-party package lives."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "exprgrad"

LAYERS = [
    "errors",
    "results",
    "arguments",
    "syntax",
    "functions",
    "graph",
    "autodiff",
    "backends",
    "checking",
    "evaluation",
    "data",
    "training",
    "fitting",
    "cluster",
    "export",
    "differentiation",
    "api",
    "compiled",
    "render",
    "cli",
]
"""Each imports only from those before it."""

HOMES = {"lark": "syntax", "rich": "render", "click": "cli", "mpmath": "checking"}
HOMES |= {"llvmlite": "backends", "pyarrow": "data", "matplotlib": "render", "plotille": "render"}
HOMES |= {"distributed": "cluster", "dask": "cluster"}
ARRAYS = {"backends", "data", "fitting"}
"""Where NumPy is used: arrays are the one thing that kernels and files have in common."""
NUMERICS = {"fitting"}
"""Where SciPy is used."""
FORBIDDEN = {("backends", "syntax"), ("render", "backends"), ("render", "training")}


def imports(path: Path) -> list[str]:
    """All modules a file imports, anywhere in it."""
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [
                f"{node.module}.{alias.name}" if node.module == "exprgrad" else node.module for alias in node.names
            ]
    return found


FILES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_one_way(path: Path) -> None:
    layer = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    for module in imports(path):
        package, *rest = module.split(".")
        if package == "exprgrad" and rest and layer != "__init__":
            target = rest[0]
            if target in LAYERS:
                assert LAYERS.index(target) <= LAYERS.index(layer), f"{path} imports {module}"
                assert (layer, target) not in FORBIDDEN, f"{path} imports {module}"
        elif package != "exprgrad" and package not in sys.stdlib_module_names:
            if package == "numpy":
                assert layer in ARRAYS, f"{path} imports {module}"
            elif package == "scipy":
                assert layer in NUMERICS, f"{path} imports {module}"
            else:
                assert HOMES.get(package) == layer, f"{path} imports {module}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_file_can_be_read_in_one_sitting(path: Path) -> None:
    generated = path.name == "tables.py"
    assert generated or len(path.read_text("utf-8").splitlines()) <= 420


def test_only_the_command_line_prints() -> None:
    for path in FILES:
        if "cli" not in path.parts:
            calls = [n for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Call)]
            assert not [c for c in calls if isinstance(c.func, ast.Name) and c.func.id == "print"], path


def test_nothing_from_outside_is_executed() -> None:
    for path in FILES:
        tree = ast.parse(path.read_text("utf-8"))
        names = {n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
        assert not names & {"eval", "exec", "compile", "__import__"}, path
        assert not {"pickle", "marshal", "shelve"} & {module.split(".")[0] for module in imports(path)}, path


HEAVY = ["rich", "numpy", "lark.load_grammar", "lark.lark", "json", "importlib.metadata", "scipy"]
OTHERS = ["data", "training", "fitting", "cluster", "checking", "evaluation.losses", "render.progress", "render.table"]
"""What other commands need."""


@pytest.mark.parametrize(
    ("line", "output", "shown"),
    [
        ("eval a*b+c --a 3 --b 2 --c 5", ["a\t3\t2", "b\t2\t3", "c\t5\t1", "a*b + c\t11\t1"], "evaluation"),
        ("diff x^2", ["2*x"], "derivatives"),
    ],
)
def test_a_start_loads_nothing_heavy(line: str, output: list[str], shown: str) -> None:
    """Nor what other commands need, nor other records than the one that is shown."""
    unwanted = [*HEAVY, *(f"exprgrad.{name}" for name in OTHERS)]
    program = (
        "import sys; from exprgrad.cli.process import execute;"
        f"code = execute({line.split()}); loaded = list(sys.modules);"
        f"print(code, [name for name in {unwanted} if name in loaded]);"
        "print([name for name in loaded if name.startswith('exprgrad.results.')])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [*output, "0 []", f"['exprgrad.results.{shown}']"]


def test_lark_stays_whole_for_others() -> None:
    """The stand-in package under which Lark's runtime was imported is gone: `import lark` works."""
    program = "import exprgrad.syntax; import lark; print(lark.Lark('start: \"a\"', parser='lalr').parse('a').data)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "start\n"
