"""The generator's naming rules, written down anew: which name in the spec is which in Python.

Its documentation says: names become snake_case, classes PascalCase, and what Python reserves gets
an underscore at its end. An inline schema is named after what it is part of, or after its `title`;
generator-config.yml may rename a class.
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

_CONFIG: Mapping[str, Any] = yaml.safe_load(
    (Path(__file__).parents[3] / "generator-config.yml").read_text(encoding="utf-8")
)
_RENAMED: Mapping[str, Mapping[str, str]] = _CONFIG.get("class_overrides", {})
_RESERVED = {*dir(builtins), *keyword.kwlist, "self", "true", "false", "datetime"} - {"id"}
_WORD = re.compile(
    r"[A-Z\d]+(?=[A-Z][a-z])"  # HTTP of HTTPUrl
    r"|[A-Z][a-z]+"  # Url
    r"|[A-Z\d]+(?![a-z\d])"  # ID, 200
    r"|[a-z\d]+"
    r"|[A-Z]"
)


def snake(name: str) -> str:
    """The words of a name in lower case, joined with underscores."""
    return "_".join(_WORD.findall(name)).lower()


def identifier(name: str) -> str:
    """The name of an attribute or of an argument."""
    result = snake(name)
    if result in _RESERVED or keyword.iskeyword(result):
        return f"{result}_"
    return result if result.isidentifier() else f"field_{result}"


def pascal(name: str) -> str:
    """The words of a name, each with a capital, joined."""
    return "".join(word[0].upper() + word[1:] for word in _WORD.findall(name))


def class_name(*parts: str) -> str:
    """The name of the class that a schema gets, from the parts of its name."""
    given = pascal(" ".join(parts))
    return _RENAMED.get(given, {}).get("class_name", given)


def module_name(*parts: str) -> str:
    """The name of the module of a class, from the parts of the schema's name."""
    given = pascal(" ".join(parts))
    return _RENAMED.get(given, {}).get("module_name", snake(given))
