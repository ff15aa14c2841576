"""What the bits of a result depend on, which has to be the same on the workers as here."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version

from exprgrad import __version__
from exprgrad.errors import ClusterError


def versions() -> dict[str, str]:
    """The versions of packages and of the library of vector functions, and the width of the vectors."""
    from exprgrad.backends.llvm import compiler

    found = {"exprgrad": __version__}
    for package in ("numpy", "llvmlite", "pyarrow", "distributed"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "none"
    found["libmvec"] = _libmvec()
    found["vectors"] = f"of {compiler.width()} numbers"
    return found


def _libmvec() -> str:
    """The version of libmvec, which is a part of glibc."""
    try:
        return os.confstr("CS_GNU_LIBC_VERSION") or "none"
    except (ValueError, OSError):
        return "none"


def check_versions(here: Mapping[str, str], there: Mapping[str, str], worker: str) -> None:
    """Raises ClusterError for what differs, with its name."""
    for name, own in here.items():
        if there.get(name) != own:
            what = f"{name} is {there.get(name, 'none')} on the worker {worker} and {own} here"
            raise ClusterError(what, hint="the bits of a result depend on it: make them the same")
