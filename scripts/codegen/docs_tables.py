"""Write the parts of the docs that come from code, or with --check say what is out of date.

They stand between `<!-- table: NAME -->` and `<!-- end of table -->`, and are edited nowhere.
"""

from __future__ import annotations

import argparse
import ast
import inspect
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "overlay"), str(ROOT / "generated")]

from paperspace_projects import errors, hooks, inventory, reconcile, testing  # noqa: E402 -- likewise
from paperspace_projects._api import operations  # noqa: E402 -- found by way of the line above
from paperspace_projects._api.operations import Idempotency  # noqa: E402 -- likewise
from paperspace_projects._retry.decision_table import TABLE  # noqa: E402 -- likewise
from paperspace_projects.reconcile import Step, schema  # noqa: E402 -- likewise

from ..tables import markdown  # noqa: E402 -- likewise
from . import command_reference, dialect_tables  # noqa: E402 -- likewise

MODULES = (hooks, inventory, reconcile, testing)
PLACE = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end of table -->)", re.DOTALL)


def rows(*lines: list[str]) -> str:
    """A table in Markdown; the first line is its head."""
    return markdown(lines[0], lines[1:])


def retries() -> str:
    """What follows which failure of which kind of operation."""
    return rows(
        ["after", *(kind.value for kind in Idempotency)],
        *(
            [failure.value, *(cells[kind].value for kind in Idempotency)]
            for failure, cells in TABLE.items()
        ),
    )


def kinds() -> str:
    """The operations of each kind, and where to look after a write whose outcome is unknown."""
    entries = [each for each in vars(operations).values() if isinstance(each, operations.Operation)]
    return rows(
        ["operation", "kind", "what tells whether it was carried out"],
        *(
            [
                f"`{each.id}`",
                each.idempotency.value,
                f"`{each.verify_with}`" if each.verify_with else "",
            ]
            for kind in Idempotency
            for each in entries
            if each.idempotency is kind
        ),
    )


def steps() -> str:
    """The kinds of steps that plans are made of, with the fields that they have of their own."""
    common = Step.__struct_fields__
    return rows(
        ["kind", "what it does", "fields of its own"],
        *(
            [
                f"`{each.kind}`",
                (inspect.getdoc(each) or "").partition("\n")[0],
                ", ".join(f"`{name}`" for name in each.__struct_fields__ if name not in common),
            ]
            for each in kinds_of(Step)
        ),
    )


def kinds_of(step: type[Step]) -> list[type[Step]]:
    """The classes of steps that have no subclasses, in the order of their definition."""
    inner = step.__subclasses__()
    return [kind for each in inner for kind in kinds_of(each)] if inner else [step]


def error_tree() -> str:
    """Each error, after the one that it is a kind of, with what it is for and what it carries."""

    def named(classes: Iterable[type]) -> str:
        return ", ".join(f"`{each.__name__}`" for each in classes)

    def line(error: type[errors.PaperspaceError]) -> list[str]:
        own = [*vars(error).get("__annotations__", {}), "status_code"]
        return [
            named([error]),
            named(error.__bases__),
            (inspect.getdoc(error) or "").partition("\n\n")[0].replace("\n", " "),
            ", ".join(f"`{name}`" for name in own if name != "status_code" or name in vars(error)),
        ]

    def tree(error: type[errors.PaperspaceError]) -> Iterator[list[str]]:
        yield line(error)
        for kind in error.__subclasses__():
            if kind.__base__ is error:
                yield from tree(kind)

    return rows(["error", "is a", "when", "carries"], *tree(errors.PaperspaceError))


def names(module: ModuleType) -> str:
    """The public names of a module, in order: functions, classes, kinds of these, others."""
    things: dict[str, object] = {name: getattr(module, name) for name in module.__all__}
    classes = {each for each in things.values() if inspect.isclass(each)}

    def place(name: str) -> int:
        thing = things[name]
        if inspect.isclass(thing):
            return 2 if classes.intersection(thing.__mro__[1:]) else 1
        return 0 if inspect.isfunction(thing) else 3

    def entry(name: str) -> str:
        # What a kind of another class has is told there.
        options = "    options: {members: false}\n" if place(name) == 2 else ""
        return f"::: {module.__name__}.{name}\n{options}"

    return "".join(entry(name) for name in sorted(things, key=place))


def sessions() -> str:
    """The sessions of noxfile.py, which is read and not run: nox need not be there."""
    statements = ast.parse((ROOT / "noxfile.py").read_text(encoding="utf-8")).body
    chosen = next(
        {part.value for part in ast.walk(each.value) if isinstance(part, ast.Constant)}
        for each in statements
        if isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) == "nox.options.sessions"
    )
    found = [
        each
        for each in statements
        if isinstance(each, ast.FunctionDef)
        and any(ast.unparse(one).startswith("nox.session") for one in each.decorator_list)
    ]
    return rows(
        ["session", "what it does", "`nox` alone runs it"],
        *(
            [
                f"`{each.name}`",
                (ast.get_docstring(each) or "").partition("\n\n")[0].replace("\n", " "),
                "yes" if each.name in chosen else "",
            ]
            for each in found
        ),
    )


TABLES: dict[str, Callable[[], str]] = {
    "retries": retries,
    "kinds": kinds,
    "steps": steps,
    "sessions": sessions,
    "errors": error_tree,
    **{f"names_{each.__name__.split('.')[1]}": partial(names, each) for each in MODULES},
    **dialect_tables.TABLES,
    "commands": command_reference.reference,
    "global_options": lambda: rows(["option", "meaning"], *command_reference.global_options()),
    "exit_codes": lambda: rows(["code", "meaning"], *command_reference.exit_codes()),
    "fields": lambda: rows(["of a", "fields", "`-o name`"], *command_reference.fields()),
}


def wanted() -> dict[Path, str]:
    """What each file of the docs must hold, by path."""
    texts = {path: path.read_text(encoding="utf-8") for path in (ROOT / "docs").rglob("*.md")}
    return {
        **{
            path: PLACE.sub(lambda at: f"{at[1]}\n{TABLES[at[2]]()}\n{at[3]}", text)
            for path, text in sorted(texts.items())
        },
        ROOT / "docs" / "desired-state.schema.json": json.dumps(schema(), indent=2) + "\n",
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; fail on a difference")
    check: bool = parser.parse_args().check
    stale = False
    for path, text in wanted().items():
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            print(f"{path.relative_to(ROOT)}: {'differs' if check else 'written'}")
            stale = True
            if not check:
                path.write_text(text, encoding="utf-8")
    if check and stale:
        print("The docs are not what the code says: run `nox -s generate`.")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
