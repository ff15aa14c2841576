"""The plan of the house: who may import whom, and where each third-party package lives."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "exprgrad"

FLOORS = [
    "text",
    "shown",
    "errors",
    "keywords",
    "forks",
    "syntax",
    "functions",
    "graph",
    "columns",
    "observer",
    "arguments",
    "distributions",
    "simplify",
    "notation",
    "autodiff",
    "binding",
    "backends",
    "trials",
    "diagnosis",
    "tracing",
    "data",
    "quantities",
    "jobs",
    "cluster",
    "expression",
    "compiled",
    "render",
    "python",
    "cli",
]
"""From the ground up: each imports only from those before it. docs/architecture.md is written from this list."""

HOMES = {"lark": "syntax", "rich": "render", "click": "cli", "mpmath": "jobs/check", "flint": "backends/balls"}
HOMES |= {"llvmlite": "backends", "pyarrow": "data", "matplotlib": "render", "plotille": "render"}
HOMES |= {"distributed": "cluster", "dask": "cluster", "duckdb": "data", "python_calamine": "data"}
HOMES |= {"prompt_toolkit": "cli/repl", "platformdirs": "cli/repl"}
HOMES |= {"narwhals": "data"}
"""The room of each third-party package."""
SHARED = {
    "numpy": (
        *("backends", "columns", "compiled", "data", "trials"),
        *("jobs/fit", "jobs/map", "jobs/sensitivity", "jobs/sweep", "jobs/uncertainty"),
    ),
    "scipy": ("jobs/fit", "jobs/train"),
}
"""Arrays are the one thing that kernels and files have in common; SciPy has L-BFGS-B and the t distribution."""
FORBIDDEN = {("backends", "syntax"), ("render", "backends")}
LONGEST = 360
"""Lines of a file that is read in one sitting."""
CROWDED = 16
"""Files of a folder that is taken in at a glance: about a dozen."""
ONE_EACH = {PACKAGE / "cli" / "commands"}
"""Folders with a file for each row of a registry: the registry lists them."""

FILES = sorted(PACKAGE.rglob("*.py"))


def module_of(path: Path) -> str:
    """`exprgrad.graph.lower`; a package goes by its own name."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module_of(path): path for path in FILES}


def floor_of(module: str) -> str:
    """The first room of a module's path; empty for the package's face, and for `python -m exprgrad`."""
    return module.partition(".")[2].partition(".")[0].replace("__main__", "")


@cache
def imports(path: Path) -> frozenset[str]:
    """Everything a file imports anywhere in it, lazily or for type checking too: modules, where a name is one."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in MODULES else node.module for name in names}
    return frozenset(found)


def of_the_house(path: Path) -> Iterator[str]:
    """The modules of the house that a file imports."""
    return (module for module in imports(path) if module.split(".")[0] == "exprgrad")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_down(path: Path) -> None:
    own = floor_of(module_of(path))
    for module in of_the_house(path):
        other = floor_of(module)
        if own and other:
            assert FLOORS.index(other) <= FLOORS.index(own), f"{path} imports {module}"
            assert (own, other) not in FORBIDDEN, f"{path} imports {module}"
        elif own:
            assert own in ("cli", "cluster"), f"{path} imports the package's face"


def test_every_room_has_a_floor() -> None:
    assert {floor_of(module) for module in MODULES} - {""} == set(FLOORS)


@pytest.mark.parametrize(
    "path", sorted((PACKAGE / "jobs").rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_jobs_do_not_import_one_another(path: Path) -> None:
    own = module_of(path).split(".")[2:3]
    for module in of_the_house(path):
        _, floor, *job = module.split(".")
        assert floor != "jobs" or job[:1] == own, f"{path} imports {module}: move down what both need"


def test_no_circles() -> None:
    """Lazy and type-checking imports count: a circle is one even where Python does not mind."""
    waiting = {module: set(of_the_house(path)) - {module} for module, path in MODULES.items()}
    while free := [module for module, needs in waiting.items() if not needs & waiting.keys()]:
        for module in free:
            del waiting[module]
    assert not waiting, "modules that import one another, and what imports these"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_each_package_has_one_home(path: Path) -> None:
    room = "/".join(module_of(path).split(".")[1:])
    for module in imports(path):
        package = module.split(".")[0]
        if package != "exprgrad" and package not in sys.stdlib_module_names:
            homes = SHARED.get(package) or (HOMES.get(package, "none"),)
            assert any(f"{room}/".startswith(f"{home}/") for home in homes), f"{path} imports {module}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_file_can_be_read_in_one_sitting(path: Path) -> None:
    generated = path.name == "tables.py"
    assert generated or len(path.read_text("utf-8").splitlines()) <= LONGEST


@pytest.mark.parametrize(
    "folder", sorted({path.parent for path in FILES} - ONE_EACH), ids=lambda folder: str(folder.relative_to(ROOT))
)
def test_a_folder_can_be_taken_in_at_a_glance(folder: Path) -> None:
    assert len([path for path in folder.glob("*.py") if path.name != "__init__.py"]) <= CROWDED


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_file_says_what_it_is_for(path: Path) -> None:
    """In the first paragraph of its docstring, which docs/architecture.md shows."""
    text = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    assert 0 < len(" ".join(text.partition("\n\n")[0].split())) <= 160


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


HEAVY = [
    "rich",
    "numpy",
    "flint",
    "mpmath",
    "lark",
    "json",
    "importlib.metadata",
    "scipy",
    "tomllib",
]
OTHERS = [
    "data",
    "jobs.train",
    "jobs.fit",
    "jobs.export",
    "cluster",
    "diagnosis.lost",
    "tracing",
    "render.progress",
    "render.table",
]
"""What other commands need."""


@pytest.mark.parametrize(
    ("line", "output", "job"),
    [
        ("eval a*b+c --a 3 --b 2 --c 5", ["a\t3\t2", "b\t2\t3", "c\t5\t1", "a*b + c\t11\t1"], "evaluate"),
        ("diff x^2", ["2*x"], "differentiate"),
        (
            "uncertainty 2*x --x 1±0.5 --format env --digits 3",
            ["value=2 value_u=1 value_dof=inf value_k=1.96 value_U=1.96 value_low=0.04 value_high=3.96"],
            "uncertainty",
        ),
    ],
)
def test_a_start_loads_nothing_heavy(line: str, output: list[str], job: str) -> None:
    """Nor what other commands need, nor another job than the one that is asked for."""
    unwanted = [*HEAVY, *(f"exprgrad.{name}" for name in OTHERS)]
    program = (
        "import sys; from exprgrad.cli.process import execute;"
        f"code = execute({line.split()}); loaded = list(sys.modules);"
        f"print(code, [name for name in {unwanted} if name in loaded]);"
        "print(sorted({name.split('.')[2] for name in loaded if name.startswith('exprgrad.jobs.')}))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [*output, "0 []", f"['{job}']"]
