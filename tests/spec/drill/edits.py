"""Spec changes of every kind, as edits of the document in the tree, and what each must lead to.

They choose what they change in the spec, and names that it does not have: any spec can be drilled.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from spec.drill import choices
from spec.drill.choices import Document, NothingToChange, free, snake

from scripts.live_document.document import OVERLAY, actions, apply, load
from scripts.live_document.openapi_30 import as_30
from scripts.spec_update import candidate

BREAKING, ADDITIVE, EDITORIAL = "breaking", "additive", "editorial"
LISTINGS = "overlay/paperspace_projects/_pagination/list_requests.py:"


@dataclass(frozen=True)
class Expected:
    """What is printed, and which files of the generated package change.

    `follow_ups` are texts that the list of things to do must hold; none means that all fits.
    """

    printed: tuple[str, ...]
    follow_ups: tuple[str, ...] = ()
    generated: tuple[str, ...] = ()


@dataclass(frozen=True)
class Drill:
    """A change that is carried out. `edit` changes the document in place.

    `always`: it is rehearsed in each run of CI, others where a spec update may have changed.
    `by_hand`: how many places are written by hand, all as the report gives them, until the contract
    tests and those of `green` pass.
    """

    name: str
    rating: str
    edit: Callable[[Document], Expected]
    always: bool = False
    by_hand: int = 0
    green: tuple[str, ...] = ()


def new_field(document: Document) -> Expected:
    name, schema = choices.first(choices.modelled(document), "schema with a model")
    key = free("region", schema["properties"])
    schema["properties"][key] = {"type": "string"}
    return Expected(
        printed=(f"schema {name}", key),
        follow_ups=(f"add `{snake(key)}", f"models.{name}"),
        generated=(f"models/{snake(name)}.py",),
    )


def new_operation(tag: Callable[[Document], str]) -> Callable[[Document], Expected]:
    def edit(document: Document) -> Expected:
        items = (path for path in document["paths"] if path.count("{") == 1 and path[-1] == "}")
        outer = choices.first(items, "path of one parameter")
        (parameter,) = re.findall(r"{(\w+)}", outer)
        ids = choices.operation_ids(document)
        id_, path = free("archiveProject", ids), free(f"{outer}/archive", document["paths"])
        chosen = tag(document)
        document["paths"][path] = {
            "post": {
                "tags": [chosen],
                "operationId": id_,
                "summary": "Archive Project",
                "description": "Archives a project.",
                "parameters": [
                    {
                        "in": "path",
                        "name": parameter,
                        "required": True,
                        "schema": {"type": "string"},
                    }
                ],
                "responses": {"204": {"description": "Archived."}},
            }
        }
        return Expected(
            printed=(id_,),
            follow_ups=(snake(id_), "_api/operations.py"),
            generated=(f"api/{snake(chosen)}/{snake(id_)}.py",),
        )

    return edit


def used_tag(document: Document) -> str:
    """The tag of the first operation."""
    _, _, operation = next(choices.operations(document))
    return str(operation["tags"][0])


def new_tag(document: Document) -> str:
    """A tag that no operation has."""
    tags = {tag for _, _, each in choices.operations(document) for tag in each.get("tags", ())}
    return free("Archive", tags)


def removed_operation(document: Document) -> Expected:
    *_, (path, method, operation) = (
        each for each in choices.operations(document) if each[1] == "patch"
    )
    del document["paths"][path][method]
    module = snake(operation["operationId"])
    return Expected(
        printed=(operation["operationId"], "removed"),
        follow_ups=("overlay/paperspace_projects/_api/operations.py:", module),
        generated=(f"api/{snake(operation['tags'][0])}/{module}.py",),
    )


def second_tag(document: Document) -> Expected:
    _, _, operation = next(choices.operations(document))
    operation["tags"].append(new_tag(document))
    return Expected(printed=(operation["operationId"], operation["tags"][-1]))


def of_parameter(what: str, change: Callable[[Any, Any], None]) -> Callable[[Document], Expected]:
    def edit(document: Document) -> Expected:
        operation, parameter = choices.query_parameter(
            document, lambda each: not each.get("required")
        )
        change(operation, parameter)
        module = f"api/{snake(operation['tags'][0])}/{snake(operation['operationId'])}.py"
        return Expected(
            printed=(operation["operationId"], what), follow_ups=(LISTINGS,), generated=(module,)
        )

    return edit


def rename(operation: Any, parameter: Any) -> None:
    names = {each.get("name") for each in operation["parameters"]}
    parameter["name"] = free("kind", names)


def require(_operation: Any, parameter: Any) -> None:
    parameter["required"] = True


def more_values(document: Document) -> Expected:
    operation, values = choices.body_enum(document)
    values.append(free("owner", values))
    return Expected(printed=(operation["operationId"], values[-1]))


def fewer_values(document: Document) -> Expected:
    operation, values = choices.body_enum(document)
    return Expected(printed=(operation["operationId"], values.pop()))


def other_type(document: Document) -> Expected:
    name, key, value = choices.text_property(document)
    value["type"] = "integer"
    return Expected(
        printed=(f"schema {name}", "integer"),
        follow_ups=(snake(key), f"models.{name}"),
        generated=(f"models/{snake(name)}.py",),
    )


def nullable(document: Document) -> Expected:
    name, _, value = choices.text_property(document)
    if document["openapi"].startswith("3.0"):
        value["nullable"] = True
    else:
        value["type"] = [value["type"], "null"]
    return Expected(
        printed=(f"schema {name}", "string | null"), generated=(f"models/{snake(name)}.py",)
    )


def renamed_schema(document: Document) -> Expected:
    schemas = document["components"]["schemas"]
    *_, (name, _) = choices.modelled(document)
    new = free(f"Project{name}", schemas)

    def renamed(thing: Any) -> Any:
        if isinstance(thing, list):
            return [renamed(each) for each in thing]
        if not isinstance(thing, dict):
            return thing
        if thing.get("$ref") == f"#/components/schemas/{name}":
            return {**thing, "$ref": f"#/components/schemas/{new}"}
        return {key: renamed(each) for key, each in thing.items()}

    schemas[new] = schemas.pop(name)
    document |= renamed(document)
    return Expected(
        printed=(f"schema {new}", f"`{name}`"),
        follow_ups=(f"`models.{name}`",),
        generated=(f"models/{snake(name)}.py", f"models/{snake(new)}.py"),
    )


def page(document: Document) -> Expected:
    operation, content = choices.bare_list(document)
    content["schema"] = {
        "type": "object",
        "properties": {
            "items": content["schema"],
            "hasMore": {"type": "boolean"},
            "nextPage": {"type": "string"},
        },
    }
    module = f"api/{snake(operation['tags'][0])}/{snake(operation['operationId'])}.py"
    return Expected(printed=(operation["operationId"],), generated=(module,))


def live(document: Document) -> Expected:
    """The document that the vendor would publish if it described what its server sends today."""
    steps = actions(load(OVERLAY))
    before = as_30(document)
    after = apply(before, steps)
    try:
        candidate.parse(json.dumps(after, default=str).encode())
    except candidate.Refused as refusal:
        raise NothingToChange(f"the overlay of the live dialect does not fit: {refusal}") from None
    if before == after:
        raise NothingToChange("the spec is the live document")
    document.clear()
    document |= after
    schemas, now = (each["components"]["schemas"] for each in (before, after))
    changed = [name for name in schemas if name in now and schemas[name] != now[name]]
    return Expected(
        printed=(*(f"schema {name}" for name in changed), "overtaken"),
        follow_ups=("overlay/paperspace_projects/_async/resources/",),
        generated=tuple(
            f"models/{snake(name)}.py"
            for name in changed
            if fields(schemas[name]) != fields(now[name])  # a pattern alone makes no code
        ),
    )


def fields(schema: Any) -> tuple[set[str], set[str]]:
    """The properties of a schema, and those that it requires."""
    return set(schema.get("properties", ())), set(schema.get("required", ()))


def other_words(document: Document) -> Expected:
    _, _, operation = next(choices.operations(document))
    operation["summary"] = f"{operation.get('summary', 'It')}, in other words"
    module = f"api/{snake(operation['tags'][0])}/{snake(operation['operationId'])}.py"
    return Expected(printed=(operation["operationId"], operation["summary"]), generated=(module,))


def openapi_31(document: Document) -> Expected:
    """The same in OpenAPI 3.1: null is a type, and a `$ref` has words beside it."""
    if not document["openapi"].startswith("3.0"):
        raise NothingToChange("the spec is in OpenAPI 3.1")

    def written(thing: Any) -> Any:
        if isinstance(thing, list):
            return [written(each) for each in thing]
        if not isinstance(thing, dict):
            return thing
        thing = {key: written(each) for key, each in thing.items()}
        if "$ref" in thing and "/schemas/" in thing["$ref"]:
            return {**thing, "description": "Words beside a reference."}
        if thing.get("nullable") is True:
            del thing["nullable"]
            thing["type"] = [thing["type"], "null"]
        return thing

    document |= {**written(document), "openapi": "3.1.0"}
    return Expected(printed=("3.1.0", "Words beside a reference."))


def openapi_31_with_nulls(document: Document) -> Expected:
    openapi_31(document)
    return nullable(document)


OF_A_MODEL = ("unit", "cli", "testing/emulator")
OF_AN_OPERATION = ("client/test_every_method.py", "testing/emulator", "retries")
DRILLS = [
    Drill("a new optional field", ADDITIVE, new_field, always=True, by_hand=1, green=OF_A_MODEL),
    Drill(
        "a new operation under an existing tag",
        ADDITIVE,
        new_operation(used_tag),
        by_hand=4,
        green=OF_AN_OPERATION,
    ),
    Drill("a new tag", ADDITIVE, new_operation(new_tag)),
    Drill("a second tag", EDITORIAL, second_tag),
    Drill("a removed operation", BREAKING, removed_operation, always=True),
    Drill("a renamed query parameter", BREAKING, of_parameter("renamed", rename)),
    Drill("a parameter made required", BREAKING, of_parameter("required", require)),
    Drill("a new enum value", ADDITIVE, more_values),
    Drill("an enum value less", BREAKING, fewer_values),
    Drill("a changed type", BREAKING, other_type),
    Drill("a nullable field", BREAKING, nullable),
    Drill("a renamed schema", BREAKING, renamed_schema),
    Drill("a response moved from an array to a page", BREAKING, page),
    Drill("the live dialect", BREAKING, live, always=True),
    Drill("other words", EDITORIAL, other_words, always=True),
    Drill("OpenAPI 3.1", EDITORIAL, openapi_31),
    Drill("OpenAPI 3.1 with nullables", BREAKING, openapi_31_with_nulls),
]
