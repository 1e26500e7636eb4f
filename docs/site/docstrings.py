"""Show what the docstrings and the data classes of the package say in the way of mkdocstrings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import griffe

DOCS = Path(__file__).resolve().parents[1]
EXAMPLE = re.compile(r"^( *)Example: `([^`]+)`$", re.MULTILINE)
LATER = re.compile(r"^(\s*)Raises, (\w)(.*:)$", re.MULTILINE)


class Docstrings(griffe.Extension):
    """Know our one section more, link pages, and give data classes their constructors."""

    def on_instance(self, *, obj: griffe.Object, **_: object) -> None:
        """Rewrite the docstring of a module, class, function or attribute."""
        if obj.docstring is not None:
            text = EXAMPLE.sub(self._example, LATER.sub(self._later, obj.docstring.value))
            obj.docstring.value = re.sub(r"docs/([\w/-]+)\.md", self._link, text)

    def on_package(self, *, pkg: griffe.Module, **_: object) -> None:
        """Make the constructors, now that all classes and their bases are known."""
        for cls in list(_classes(pkg)):
            if _is_data(cls) and "__init__" not in cls.members:
                cls.set_member("__init__", _constructor(cls))
            elif "__init__" in cls.members and "session" in cls.parameters:
                cls.del_member("__init__")  # only a client makes one

    def _later(self, found: re.Match[str]) -> str:
        """ "Raises, while it is gone through:" as a sentence, and a section that is known."""
        indent, first, rest = found.groups()
        return f"{indent}{first.upper()}{rest}\n\n{indent}Raises:"

    def _example(self, found: re.Match[str]) -> str:
        """An example as a block of code."""
        indent, code = found.groups()
        return f"{indent}```python\n{indent}{code}\n{indent}```"

    def _link(self, found: re.Match[str]) -> str:
        if not (DOCS / f"{found[1]}.md").is_file():
            raise ValueError(f"a docstring names {found[0]}, which is not there")
        return f"[{found[0]}](../{found[1]}.html)"


def _classes(module: griffe.Module) -> Iterator[griffe.Class]:
    for member in module.members.values():
        if isinstance(member, griffe.Class):
            yield member
        elif isinstance(member, griffe.Module):
            yield from _classes(member)


def _is_data(cls: griffe.Class) -> bool:
    if any(str(each.value).startswith(("frozen", "mutable")) for each in cls.decorators):
        return True
    bases = [base for each in (cls, *cls.mro()) for base in each.bases]
    return any(str(each) == "msgspec.Struct" for each in bases)


def _constructor(cls: griffe.Class) -> griffe.Function:
    bases = [base for base in reversed(cls.mro()) if _is_data(base)]
    fields = {
        name: member
        for each in [*bases, cls]
        for name, member in each.members.items()
        if isinstance(member, griffe.Attribute)
        and "property" not in member.labels
        and member.annotation is not None
        and not str(member.annotation).startswith("ClassVar")
    }
    parameters = [
        griffe.Parameter(
            name,
            annotation=field.annotation,
            kind=griffe.ParameterKind.keyword_only,
            default=_default(field),
        )
        for name, field in fields.items()
    ]
    return griffe.Function("__init__", parameters=griffe.Parameters(*parameters), parent=cls)


def _default(field: griffe.Attribute) -> str | griffe.Expr | None:
    """What stands for a field that is left out; `...` where it is made anew."""
    if field.value is None or not str(field.value).startswith(("field(", "msgspec.field(")):
        return field.value
    return "..." if re.search(r"\b(factory|default|default_factory)=", str(field.value)) else None
