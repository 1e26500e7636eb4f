"""Write the parts of the docs that come from code, or with --check say which are out of date.

They stand between `<!-- table: NAME -->` and `<!-- end of table -->`: do not edit them there.
"""

from __future__ import annotations

import ast
import inspect
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from types import ModuleType

from paperspace_projects import dialects, errors, hooks, inventory, reconcile, testing
from paperspace_projects._api import operations
from paperspace_projects._api.operations import Idempotency
from paperspace_projects._retry.decision_table import TABLE, RetryAction
from paperspace_projects.cli.app import program
from paperspace_projects.reconcile import Step, schema

from ..tables import markdown
from . import command_reference, dialect_tables
from .outputs import is_check, put
from .provenance import ROOT

SYMBOLS = {RetryAction.RETRY: "↻", RetryAction.VERIFY: "⌕", RetryAction.FAIL: "✗"}
MODULES = (dialects, hooks, inventory, reconcile, testing)
PLACE = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end of table -->)", re.DOTALL)


def retries() -> str:
    """The reaction to each failure of each kind of operation."""
    rows = (
        [failure.value, *(SYMBOLS[row[kind]] for kind in Idempotency)]
        for failure, row in TABLE.items()
    )
    legend = "\n".join(f"- {symbol} {action.value}" for action, symbol in SYMBOLS.items())
    return f"{legend}\n\n{markdown(['after', *(kind.value for kind in Idempotency)], rows)}"


def kinds() -> str:
    """The operations of each kind, and what verifies a write whose outcome is unknown."""
    entries = [each for each in vars(operations).values() if isinstance(each, operations.Operation)]
    entries.sort(key=lambda each: list(Idempotency).index(each.idempotency))
    return markdown(
        ["operation", "kind", "what tells whether it was carried out"],
        (
            [f"`{each.id}`", each.idempotency.value, named(filter(None, [each.verify_with]))]
            for each in entries
        ),
    )


def steps() -> str:
    """The kinds of steps that plans are made of, with the fields that they have of their own."""

    def row(kind: type[Step]) -> list[str]:
        own = (name for name in kind.__struct_fields__ if name not in Step.__struct_fields__)
        return [f"`{kind.kind}`", (inspect.getdoc(kind) or "").partition("\n")[0], named(own)]

    return markdown(["kind", "what it does", "fields of its own"], map(row, kinds_of(Step)))


def named(names: Iterable[str]) -> str:
    """Names in a cell of a table."""
    return ", ".join(f"`{name}`" for name in names)


def kinds_of(step: type[Step]) -> list[type[Step]]:
    """The classes of steps that have no subclasses, in the order of their definition."""
    inner = step.__subclasses__()
    return [kind for each in inner for kind in kinds_of(each)] if inner else [step]


def error_tree() -> str:
    """Each error, below its base class, with its meaning and its own attributes."""

    def line(error: type[errors.PaperspaceError]) -> list[str]:
        own = re.findall(r"self\.([a-z]\w*): ", inspect.getsource(error))
        if "status_code" in vars(error):
            own.append("status_code")
        return [
            named([error.__name__]),
            named(each.__name__ for each in error.__bases__),
            (inspect.getdoc(error) or "").partition("\n\n")[0].replace("\n", " "),
            named(own),
        ]

    def tree(error: type[errors.PaperspaceError]) -> Iterator[list[str]]:
        yield line(error)
        for kind in error.__subclasses__():
            if kind.__base__ is error:
                yield from tree(kind)

    return markdown(["error", "is a", "when", "carries"], tree(errors.PaperspaceError))


def names(module: ModuleType) -> str:
    """The public names of a module: functions, classes, their subclasses, and the rest."""
    things: dict[str, object] = {name: getattr(module, name) for name in module.__all__}
    classes = {each for each in things.values() if inspect.isclass(each)}

    def place(name: str) -> int:
        thing = things[name]
        if inspect.isclass(thing):
            return 2 if classes.intersection(thing.__mro__[1:]) else 1
        return 0 if inspect.isfunction(thing) else 3

    def entry(name: str) -> str:
        # A subclass repeats no members of its base class.
        options = "    options: {members: false}\n" if place(name) == 2 else ""
        return f"::: {module.__name__}.{name}\n{options}"

    return "".join(entry(name) for name in sorted(things, key=place))


def sessions() -> str:
    """The sessions of noxfile.py, which is parsed and not run: nox need not be installed."""
    rows: list[list[str]] = []
    for each in ast.parse((ROOT / "noxfile.py").read_text(encoding="utf-8")).body:
        decorators = getattr(each, "decorator_list", ())
        session = ast.unparse(decorators[0]) if decorators else ""
        if isinstance(each, ast.FunctionDef) and session.startswith("nox.session"):
            what = (ast.get_docstring(each) or "").partition("\n\n")[0].replace("\n", " ")
            rows.append([f"`{each.name}`", what, "" if "default=False" in session else "yes"])
    return markdown(["session", "what it does", "`nox` alone runs it"], rows)


def global_options() -> str:
    """The options of all commands, with their meanings."""
    rows = ([command_reference.names_of(each), str(each.help)] for each in program.params)
    return markdown(["option", "meaning"], rows)


TABLES: dict[str, Callable[[], str]] = {
    "retries": retries,
    "kinds": kinds,
    "steps": steps,
    "sessions": sessions,
    "errors": error_tree,
    **{f"names_{each.__name__.split('.')[1]}": partial(names, each) for each in MODULES},
    **dialect_tables.TABLES,
    "commands": command_reference.reference,
    "global_options": global_options,
    "exit_codes": lambda: markdown(
        ["code", "meaning"], ([str(int(c)), m] for c, m in command_reference.MEANINGS.items())
    ),
    "fields": lambda: markdown(["of a", "fields", "`-o name`"], command_reference.fields()),
}


def main() -> int:
    check = is_check(__doc__)
    schema_file = ROOT / "docs" / "desired-state.schema.json"
    wanted = {schema_file: json.dumps(schema(), indent=2) + "\n"}
    for path in (ROOT / "docs").rglob("*.md"):
        text = path.read_text(encoding="utf-8")
        wanted[path] = PLACE.sub(lambda at: f"{at[1]}\n{TABLES[at[2]]()}\n{at[3]}", text)
    return put({path: text.encode() for path, text in wanted.items()}, check=check)


if __name__ == "__main__":
    sys.exit(main())
