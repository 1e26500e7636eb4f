"""Type checkers say nothing of a user's right programs, and see every mistake in the wrong ones.

The programs make every public call in both flavours and name every public thing; the last tests
fail for one that is left out.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from support import type_checkers as checkers
from support.docstring_examples import program_of_examples
from support.examples import type_of_result

import paperspace_projects as package
from paperspace_projects import dialects, errors, inventory, reconcile, testing
from scripts.operation_calls import CALLS

NAMES_IN_PROGRAMS = {
    "Client": "client",
    "Projects": "client.projects",
    "ProjectScope": "scope",
    "Collaborators": "scope.collaborators",
    "Secrets": "scope.secrets",
    "Tags": "scope.tags",
    "Models": "scope.models",
    "Pager": "pager",
}
"""What the programs call an instance of each class."""
MORE_NAMES_IN_PROGRAMS = {
    reconcile.DesiredState: "desired",
    reconcile.DesiredProject: "project",
    reconcile.Plan: "plan",
    reconcile.Result: "result",
    reconcile.StepResult: "result",
    reconcile.Step: "step",
    inventory.InventoryProgress: "progress",
    dialects.Report: "report",
    dialects.OperationReport: "row",
    dialects.Difference: "difference",
    testing.Emulator: "emulator",
    testing.SentRequest: "request",
}
MODULES = (
    "paperspace_projects",
    *(f"paperspace_projects.{each}" for each in ("dialects", "inventory", "reconcile", "testing")),
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    checkers.make_project(folder)
    (folder / "programs" / "operations.py").write_text(program_of_operations(), encoding="utf-8")
    (folder / "programs" / "examples.py").write_text(program_of_examples(), encoding="utf-8")
    return folder


def program_of_operations() -> str:
    """The method of each operation, called in both flavours."""
    lines = ["from typing import assert_type", "import paperspace_projects as package"]
    for head, prefix, wait in (
        ("def calls(client: package.Client)", "", ""),
        ("async def async_calls(client: package.AsyncClient)", "Async", "await "),
    ):
        lines.append(f"{head} -> None:")
        for call in CALLS.values():
            arguments = ", ".join(f"{name}={each!r}" for name, each in call.arguments({}).items())
            part = NAMES_IN_PROGRAMS[call.owner].replace("scope", "client.project('p1')")
            result = type_of_result(call.operation)
            kind = (
                result.__name__
                if result in (str, int, float, bool)
                else f"package.{result.__name__}"
            )
            kind = "None" if result is type(None) else kind
            wanted = f"package.{prefix}Pager[{kind}]" if call.is_list else kind
            wait_for = "" if call.is_list else wait
            lines.append(f"    assert_type({wait_for}{part}.{call.method}({arguments}), {wanted})")
    if any("datetime." in line for line in lines):
        lines.insert(0, "import datetime")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("checker", checkers.CHECKERS)
def test_right_programs_pass_and_each_mistake_is_seen(checker: str, project: Path) -> None:
    said = list(checkers.CHECKERS[checker](project))
    of_programs = [each for each in said if each.file.startswith("programs/")]
    assert of_programs == []
    complaints = [each for each in said if not each.follows]
    found = {(each.file, each.line, each.rule) for each in complaints}
    assert found == {(file, line, rules[checker]) for file, line, rules in checkers.marked()}


def accesses(program: str) -> set[str]:
    """All that a program says with dots, such as `scope.tags.add`, and all its plain names."""
    tree = ast.parse((checkers.HERE / "programs" / program).read_text(encoding="utf-8"))
    return {
        ast.unparse(each) for each in ast.walk(tree) if isinstance(each, ast.Attribute | ast.Name)
    }


def public_members(owner: type) -> Iterator[str]:
    """The methods, properties and attributes of a class that a user may see."""
    for name in {
        *dir(owner),
        *(name for each in owner.__mro__ for name in inspect.get_annotations(each)),
    }:
        if not name.startswith("_") and not hasattr(BaseException, name):
            yield name


@pytest.mark.parametrize(("prefix", "program"), [("", "calls.py"), ("Async", "async_calls.py")])
def test_every_public_call_is_made_in_both_flavours(prefix: str, program: str) -> None:
    said = accesses(program) | {f"{prefix}{e.owner}.{e.method}" for e in CALLS.values()}
    missing = {
        f"{prefix}{owner}.{member}"
        for owner, instance in NAMES_IN_PROGRAMS.items()
        for member in public_members(getattr(package, prefix + owner))
        if f"{instance}.{member}" not in said and f"{prefix}{owner}.{member}" not in said
    }
    assert not missing


@pytest.mark.parametrize(("owner", "instance"), MORE_NAMES_IN_PROGRAMS.items())
def test_every_public_member_of_the_other_classes_is_used(owner: type, instance: str) -> None:
    said = accesses("modules.py")
    assert not [name for name in public_members(owner) if f"{instance}.{name}" not in said]


@pytest.mark.parametrize("module", MODULES)
def test_every_public_name_is_in_a_program(module: str) -> None:
    said = set[str]().union(*(accesses(each.name) for each in checkers.HERE.glob("programs/*.py")))
    last = module.rpartition(".")[2]
    public: list[str] = import_module(module).__all__
    assert not [name for name in public if not said.intersection({name, f"{last}.{name}"})]


def test_every_attribute_of_models_events_and_errors_is_looked_at() -> None:
    text = (checkers.HERE / "programs" / "results.py").read_text(encoding="utf-8")
    owners = [getattr(package, name) for name in package.__all__]
    plain = [each for each in owners if inspect.isclass(each) and hasattr(each, "__attrs_attrs__")]
    kinds = [
        each
        for each in vars(errors).values()
        if inspect.isclass(each) and issubclass(each, errors.PaperspaceError)
    ]
    said = {
        ast.unparse(each.args[0]).rpartition(".")[2]
        for each in ast.walk(ast.parse(text))
        if isinstance(each, ast.Call) and ast.unparse(each.func) == "assert_type"
    }
    missing = {
        f"{owner.__name__}.{name}"
        for owner in (*plain, *kinds)
        for name in public_members(owner)
        if name not in said
    }
    assert not missing
