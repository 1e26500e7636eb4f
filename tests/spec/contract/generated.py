"""The generated package as the tests reach it. What is missing in it is a failure, not an error."""

from __future__ import annotations

import importlib
import pkgutil
import traceback
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from spec.contract.naming import identifier, snake
from spec.contract.spec import Operation
from spec.contract.verdict import fail

PACKAGE = "paperspace_projects_api"
FOLDER = f"generated/{PACKAGE}"
VARIANTS = ("sync", "sync_detailed", "asyncio", "asyncio_detailed")
HELPERS = ("_get_kwargs", "_parse_response", "_build_response")


def import_module(name: str) -> ModuleType:
    """A module of the generated package, by its name within the package."""
    full = f"{PACKAGE}.{name}" if name else PACKAGE
    try:
        return importlib.import_module(full)
    except Exception as error:
        said = f"{type(error).__name__}: {error}"
        fail(f"{_origin(error) or FOLDER}: {full} cannot be imported: {said}")


def _origin(error: Exception) -> str | None:
    """The file and line of the generated package that an error comes from."""
    if isinstance(error, SyntaxError) and PACKAGE in str(error.filename):
        return f"{FOLDER}{str(error.filename).rpartition(PACKAGE)[2]}:{error.lineno}"
    places = [
        f"{FOLDER}{frame.filename.rpartition(PACKAGE)[2]}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if f"/{PACKAGE}/" in Path(frame.filename).as_posix()
    ]
    return places[-1] if places else None


@cache
def submodules(name: str) -> tuple[pkgutil.ModuleInfo, ...]:
    """What lies in a package of the generated package."""
    return tuple(pkgutil.iter_modules(import_module(name).__path__))


def module_name_of(operation: Operation) -> str:
    """The module of an operation, by the generator's rule: its id, in the package of its tag."""
    return f"api.{identifier(operation.tag)}.{identifier(operation.id)}"


def module_of(operation: Operation) -> ModuleType:
    """The generated module of an operation."""
    name = module_name_of(operation)
    package, _, module = name.rpartition(".")
    packages = [each.name for each in submodules("api") if each.ispkg]
    file = f"{FOLDER}/{name.replace('.', '/')}.py"
    if package.removeprefix("api.") not in packages or module not in {
        each.name for each in submodules(package)
    }:
        fail(
            f"{file} is missing: {operation.place} is {operation.id}, and {operation.tag_place} "
            f"puts it there"
        )
    return import_module(name)


def functions_of(operation: Operation) -> tuple[str, ...]:
    """The functions that the generator writes: those that give a body only if one is documented."""
    variants = VARIANTS if operation.has_body_in_answer else ("sync_detailed", "asyncio_detailed")
    return (*HELPERS, *variants)


def function_of(operation: Operation, name: str) -> Any:
    """One function of an operation's module."""
    module = module_of(operation)
    function = getattr(module, name, None)
    if function is None:
        file = f"{FOLDER}/{module_name_of(operation).replace('.', '/')}.py"
        fail(f"{file}: {name}() is missing for {operation.place}")
    return function


def model(class_name: str, place: object) -> Any:
    """A class or enum of the generated models, which a place in the spec asks for."""
    found = getattr(import_module("models"), class_name, None)
    if found is None:
        fail(f"{FOLDER}/models/__init__.py: {class_name} is missing for {place}")
    return found


def enum_names(class_name: str) -> tuple[str, str]:
    """The set of an enum's values and the function that checks one, in the enum's own module."""
    name = snake(class_name)
    return f"{name.upper()}_VALUES", f"check_{name}"
