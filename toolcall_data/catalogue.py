"""Finds rules, formats, filters and transforms by walking their folder: adding one is adding a file."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TypeVar

Found = TypeVar("Found")


def modules(package: str) -> list[str]:
    """The full names of the modules directly inside `package`, sorted, without `base` and private ones."""
    path = importlib.import_module(package).__path__
    names = sorted(info.name for info in pkgutil.iter_modules(path))
    return [f"{package}.{name}" for name in names if name != "base" and not name.startswith("_")]


def classes(package: str, base: type[Found]) -> list[type[Found]]:
    """Every concrete subclass of `base` that a module of `package` defines, by module name and then by place.

    Raises:
        LookupError: the package holds none, which means a broken installation.
    """
    found: list[type[Found]] = []
    for name in modules(package):
        module = importlib.import_module(name)
        found += [
            value
            for value in vars(module).values()
            if isinstance(value, type)
            and issubclass(value, base)
            and value is not base
            and value.__module__ == name
            and not value.__name__.startswith("_")
        ]
    if not found:
        raise LookupError(f"{package} holds no {base.__name__}: the installation is incomplete")
    return found
