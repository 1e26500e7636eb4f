"""A spec update names every place that speaks of what is gone, renamed, retyped or stricter."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from scripts.live_document.document import CONTRACT, load
from scripts.live_document.shapes import METHODS
from scripts.spec_update.mentions import File, Mentions, files, mentions

ROOT = Path(__file__).parents[3]
Document = dict[str, Any]
JSON = "application/json"

PET: Document = {"type": "object", "properties": {"petName": {"type": "string"}, "size": {}}}
SPEC: Document = {
    "openapi": "3.0.3",
    "servers": [{"url": "https://pets.example/v1"}],
    "paths": {
        "/pets/{id}": {
            "get": {
                "operationId": "getPet",
                "tags": ["Pets"],
                "parameters": [
                    {"in": "query", "name": "colour", "schema": {"enum": ["red", "blue"]}},
                ],
                "responses": {
                    "200": {"content": {JSON: {"schema": {"$ref": "#/components/schemas/Pet"}}}}
                },
            }
        }
    },
    "components": {
        "schemas": {"Pet": PET},
        "parameters": {"After": {}},
        "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
    },
}
OVERLAY = "overlay/paperspace_projects"
TREE = [
    File(f"{OVERLAY}/_api/operations.py", "GET_PET = Operation(api.pets.get_pet, READ, pet)\n"),
    File(
        f"{OVERLAY}/_async/resources/pets.py",
        "class AsyncPets:\n"
        "    async def get(self, colour):\n"
        "        return await call(operations.GET_PET(colour=colour))\n\n"
        "    async def all(self):\n"
        "        return await self.get('red')\n",
    ),
    File(
        "tests/test_pets.py",
        "def test_one():\n"
        "    '''The size of it and what it is of a size.'''\n"
        "    assert client.pets.get().pet_name\n\n\n"
        "def test_another():\n"
        "    assert it.size == 200, 'getPet'\n\n\n"
        "def test_by_http():\n"
        "    send('GET', f'https://pets.example/v1/pets/p1', headers={'Authorization': 'x'})\n",
    ),
    File("tests/test_file.py", "def test_a_file():\n    assert file.size == 200\n"),
    File(
        "docs/a.md", "Run `pets get`.\n\nThe option `--pet-name`, or `#/components/schemas/Pet`.\n"
    ),
]


def found(edit: Callable[[Document], object]) -> dict[str, list[str]]:
    candidate = deepcopy(SPEC)
    edit(candidate)
    return {each.thing.what: list(each.places) for each in mentions(SPEC, candidate, TREE)}


def operation(document: Document) -> Any:
    return document["paths"]["/pets/{id}"]["get"]


def properties(document: Document) -> Any:
    return document["components"]["schemas"]["Pet"]["properties"]


def renamed(things: Document, old: str, new: str) -> None:
    things[new] = things.pop(old)


def test_nothing_is_said_of_what_is_new() -> None:
    def edit(document: Document) -> None:
        properties(document)["age"] = {"type": "integer"}
        document["paths"]["/cats"] = {"get": {"operationId": "listCats", "responses": {}}}

    assert found(edit) == {}


@pytest.mark.parametrize("null", [{"nullable": True}, {"type": ["string", "null"]}])
def test_a_null_is_no_work_as_it_is_read_as_missing(null: Document) -> None:
    assert found(lambda each: properties(each)["petName"].update(null)) == {}


def test_an_operation_that_is_gone_is_followed_to_its_methods_commands_and_requests() -> None:
    assert found(lambda each: each["paths"].clear()) == {
        "operation `getPet` (GET /pets/{id}) is gone": [
            f"{OVERLAY}/_api/operations.py:1",
            f"{OVERLAY}/_async/resources/pets.py:3, 6",
            "tests/test_pets.py:3, 7, 11",
            "docs/a.md:1",
        ]
    }


def test_a_renamed_operation_is_named_where_its_generated_names_are() -> None:
    assert found(lambda each: operation(each).update(operationId="readPet")) == {
        "operation `getPet` is now `readPet`": [
            f"{OVERLAY}/_api/operations.py:1",
            "tests/test_pets.py:7",
        ]
    }


def test_another_first_tag_moves_the_generated_module() -> None:
    assert found(lambda each: operation(each).update(tags=["Animals", "Pets"])) == {
        "the first tag of `getPet` is now Animals, and was Pets": [
            f"{OVERLAY}/_api/operations.py:1",
        ]
    }
    assert found(lambda each: operation(each).update(tags=["Pets", "Animals"])) == {}


@pytest.mark.parametrize(
    ("edit", "what"),
    [
        (lambda each: each.pop("petName"), "is gone"),
        (lambda each: renamed(each, "petName", "title"), "is now `title`"),
        (lambda each: each.update(petName={"type": "integer"}), "is integer, and was string"),
    ],
)
def test_a_property_is_named_in_json_in_python_and_as_an_option(
    edit: Callable[[Document], object], what: str
) -> None:
    assert found(lambda each: edit(properties(each))) == {
        f"property `petName` of Pet {what}": ["tests/test_pets.py:3", "docs/a.md:3"]
    }


def test_a_common_word_counts_where_its_schema_is_near_and_not_in_prose() -> None:
    assert found(lambda each: properties(each).pop("size")) == {
        "property `size` of Pet is gone": ["tests/test_pets.py:7"]
    }


def test_a_parameter_that_became_required_is_named_where_it_can_be_missing() -> None:
    assert found(lambda each: operation(each)["parameters"][0].update(required=True)) == {
        "query parameter `colour` of getPet is required now": [
            f"{OVERLAY}/_api/operations.py:1",
            f"{OVERLAY}/_async/resources/pets.py:3, 6",
            "tests/test_pets.py:3, 7",
            "docs/a.md:1",
        ]
    }


@pytest.mark.parametrize("is_new", [False, True])
def test_a_property_that_a_body_must_have_is_named_where_it_can_be_missing(is_new: bool) -> None:
    spec = deepcopy(SPEC)
    body = {"content": {JSON: {"schema": {"$ref": "#/components/schemas/Pet"}}}}
    operation(spec)["requestBody"] = body
    candidate = deepcopy(spec)
    name = "age" if is_new else "petName"
    properties(candidate).setdefault(name, {"type": "integer"})
    candidate["components"]["schemas"]["Pet"]["required"] = [name]
    (only,) = mentions(spec, candidate, TREE)
    assert only.thing.what == f"property `{name}` of Pet is required now"
    assert "tests/test_pets.py:3, 7" in only.places


def test_a_constant_that_is_a_name_is_followed() -> None:
    text = "GET, PUT = 'getPet', 'putPet'\n\n\ndef test():\n    assert seen == [GET, PUT]\n"
    (only,) = mentions(SPEC, {**SPEC, "paths": {}}, [File("tests/test_a.py", text)])
    assert only.places == ["tests/test_a.py:1, 5"]


def test_a_value_that_is_taken_no_more_is_named() -> None:
    def edit(document: Document) -> None:
        operation(document)["parameters"][0]["schema"]["enum"] = ["blue", "green"]

    assert found(edit) == {
        "query parameter `colour` of getPet takes no `red` any more": [
            f"{OVERLAY}/_async/resources/pets.py:6"
        ]
    }


def test_another_status_is_named_where_the_operation_is_near() -> None:
    assert found(lambda each: renamed(operation(each)["responses"], "200", "203")) == {
        "`getPet` answers 203, and no more 200": ["tests/test_pets.py:7"]
    }


def test_a_list_that_became_a_page_is_named_with_its_methods() -> None:
    def edit(document: Document) -> None:
        page = {"type": "object", "properties": {"items": {"type": "array", "items": PET}}}
        operation(document)["responses"]["200"]["content"][JSON]["schema"] = page

    (what, places), *_ = found(edit).items()
    assert what == "`getPet` answers a page, and no more object"
    assert "tests/test_pets.py:3, 7" in places


def test_a_renamed_schema_is_named_with_the_way_to_keep_its_class() -> None:
    candidate = deepcopy(SPEC)
    renamed(candidate["components"]["schemas"], "Pet", "Animal")
    new = {"$ref": "#/components/schemas/Animal"}
    operation(candidate)["responses"]["200"]["content"][JSON]["schema"] = new
    (only,) = mentions(SPEC, candidate, TREE)
    assert only.thing.what == "schema `Pet` is now `Animal`"
    assert "`Animal: {class_name: Pet, module_name: pet}`" in only.thing.advice
    assert only.places == ["docs/a.md:3"]


def test_a_component_of_another_kind_is_named() -> None:
    tree = [File("overlay/live.overlay.yaml", "- $ref: '#/components/parameters/After'\n")]
    candidate = deepcopy(SPEC)
    del candidate["components"]["parameters"]["After"]
    (only,) = mentions(SPEC, candidate, tree)
    assert only.places == ["overlay/live.overlay.yaml:1"]


def test_the_server_and_the_security_scheme_are_named() -> None:
    def edit(document: Document) -> None:
        document["servers"] = [{"url": "https://pets.example/v2"}]
        scheme = {"type": "apiKey", "in": "header", "name": "X-Key"}
        document["components"]["securitySchemes"] = {"key": scheme}

    assert found(edit) == {
        "the server https://pets.example/v1 is now https://pets.example/v2": [
            "tests/test_pets.py:11"
        ],
        "the security scheme is apiKey header X-Key, and was http bearer": [
            "tests/test_pets.py:11"
        ],
    }


def test_files_that_are_derived_are_no_work(tmp_path: Path) -> None:
    texts = {
        "generated/a.py": "getPet",
        f"{OVERLAY}/_sync/a.py": "getPet",
        "docs/a.md": "getPet\n<!-- table: pets -->\ngetPet\n<!-- end of table -->\ngetPet\n",
    }
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    (only,) = mentions(SPEC, {**SPEC, "paths": {}}, files(tmp_path, texts))
    assert only.places == ["docs/a.md:1, 5"]


@cache
def the_tree() -> list[File]:
    listed = subprocess.check_output(["git", "ls-files", "-z"], cwd=ROOT, text=True)
    return files(ROOT, filter(None, listed.split("\0")))


SPEC_IN_THE_TREE: Document = load(CONTRACT)
OPERATIONS = [
    (path, method)
    for path, item in SPEC_IN_THE_TREE["paths"].items()
    for method in item
    if method in METHODS
]


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_an_operation_of_the_spec_is_found_from_its_entry_to_its_tests(
    path: str, method: str
) -> None:
    candidate = deepcopy(SPEC_IN_THE_TREE)
    del candidate["paths"][path][method]
    (gone, *_) = mentions(SPEC_IN_THE_TREE, candidate, the_tree())
    places = "\n".join(gone.places)
    for part in (
        r"overlay/paperspace_projects/_api/operations\.py:",
        r"overlay/paperspace_projects/_async/resources/\w+\.py:",
        r"overlay/paperspace_projects/testing/emulator/\w+\.py:",
        r"tests/client/test_every_method\.py:",
        r"tests/repository/type_checking/programs/calls\.py:",
        r"docs/",
    ):
        assert re.search(part, places), f"{part} is not named for {gone.thing.what}: {places}"


def all_of(found: list[Mentions]) -> str:
    return "\n".join(place for each in found for place in each.places)


def test_a_property_of_the_spec_is_found_in_the_model() -> None:
    schemas = SPEC_IN_THE_TREE["components"]["schemas"]
    for name, schema in schemas.items():
        for key in schema["properties"]:
            candidate = deepcopy(SPEC_IN_THE_TREE)
            del candidate["components"]["schemas"][name]["properties"][key]
            places = all_of(mentions(SPEC_IN_THE_TREE, candidate, the_tree()))
            assert "overlay/paperspace_projects/" in places, f"{name}.{key}: {places}"
