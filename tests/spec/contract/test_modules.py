"""Which modules there are: one for each operation and each class of the spec, and no other."""

from __future__ import annotations

import inspect

import pytest
from spec.contract import generated
from spec.contract.generated import FOLDER
from spec.contract.inventory import NAMED
from spec.contract.naming import identifier
from spec.contract.spec import OPERATIONS, ROOT, Operation
from spec.contract.verdict import code_place, verdict

WANTED = {generated.module_name_of(each): each for each in OPERATIONS}


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.id)
def test_an_operation_has_its_module_and_functions(operation: Operation) -> None:
    module = generated.module_of(operation)
    made_here = {
        name
        for name, thing in vars(module).items()
        if inspect.isfunction(thing) and thing.__module__ == module.__name__
    }
    wanted = set(generated.functions_of(operation))
    verdict(
        [
            *(
                f"{code_place(module)}: {name}() is missing for {operation.place}"
                for name in sorted(wanted - made_here)
            ),
            *(
                f"{code_place(module)}: {name}() stands there, {operation.place}/responses gives "
                "no reason for it"
                for name in sorted(made_here - wanted)
            ),
        ]
    )


def test_there_is_no_module_that_the_spec_lacks() -> None:
    packages = {each.name: each.ispkg for each in generated.submodules("api")}
    tags = {identifier(each.tag) for each in OPERATIONS}
    found = {
        f"api.{package}.{each.name}"
        for package, is_package in packages.items()
        if is_package
        for each in generated.submodules(f"api.{package}")
    }
    verdict(
        [
            *(
                f"{FOLDER}/api/{name}: no operation in #/paths has this as its first tag"
                for name in sorted(packages.keys() - tags)
            ),
            *(
                f"{FOLDER}/{name.replace('.', '/')}.py: no operation in #/paths asks for it"
                for name in sorted(found - WANTED.keys())
            ),
        ]
    )


@pytest.mark.parametrize("name", NAMED)
def test_a_schema_has_its_module_and_is_exported(name: str) -> None:
    kind = NAMED[name]
    exported = generated.model(name, kind.place)
    module = generated.import_module(f"models.{kind.module}")
    problems = []
    if getattr(module, name, None) is not exported:
        problems.append(
            f"{FOLDER}/models/__init__.py: {name} is not the one of models/{kind.module}.py, "
            f"which {kind.place} asks for"
        )
    if inspect.isclass(exported) and (exported.__name__, exported.__module__) != (
        name,
        module.__name__,
    ):
        problems.append(f"{code_place(exported)} stands for {name} of {kind.place}")
    verdict(problems)


def test_there_is_no_model_that_the_spec_lacks() -> None:
    models = generated.import_module("models")
    modules = {each.name for each in generated.submodules("models")}
    verdict(
        [
            *(
                f"{FOLDER}/models/{name}.py: no schema of the spec asks for it"
                for name in sorted(modules - {each.module for each in NAMED.values()})
            ),
            *(
                f"{FOLDER}/models/__init__.py: {name} in __all__, no schema of the spec asks for it"
                for name in sorted(set(models.__all__) - NAMED.keys())
            ),
            *(
                f"{FOLDER}/models/__init__.py: {name} is not in __all__, {NAMED[name].place}"
                for name in sorted(NAMED.keys() - set(models.__all__))
            ),
        ]
    )
    assert list(models.__all__) == sorted(set(models.__all__)), "a name comes twice in __all__"


def test_the_package_bears_the_title_of_the_spec_and_exports_its_clients() -> None:
    package = generated.import_module("")
    client = generated.import_module("client")
    title = ROOT.at("info", "title")
    verdict(
        [
            *(
                [f"{FOLDER}/__init__.py: its docstring does not name {title}: {title.value!r}"]
                if package.__doc__ != f"A client library for accessing {title.value}"
                else []
            ),
            *(
                f"{FOLDER}/__init__.py: {name} is not exported, or not the one of client.py"
                for name in ("AuthenticatedClient", "Client")
                if name not in package.__all__
                or getattr(package, name, None) is not vars(client).get(name)
            ),
        ]
    )
    assert sorted(package.__all__) == ["AuthenticatedClient", "Client"]
