"""The generated package's shared types: what is not set, what an answer holds, the one error."""

from __future__ import annotations

import inspect
import io
import typing
from collections.abc import MutableMapping
from http import HTTPStatus
from typing import Any, BinaryIO, Literal, get_type_hints

import attrs
import pytest
from spec.contract import generated

from paperspace_projects_api import errors, types
from paperspace_projects_api.types import UNSET, File, Response, Unset

WHERE = f"{generated.FOLDER}/types.py"


def test_what_is_not_set_is_false_and_has_a_type_of_its_own() -> None:
    assert type(UNSET) is Unset, f"{WHERE}, UNSET"
    assert bool(UNSET) is False, f"{WHERE}, Unset.__bool__"
    assert types.__annotations__ == {"UNSET": Unset}, f"{WHERE}, UNSET"
    assert get_type_hints(Unset.__bool__) == {"return": Literal[False]}, f"{WHERE}, Unset.__bool__"


def test_the_fields_of_an_answer() -> None:
    assert [(each.name, each.type, each.default) for each in attrs.fields(Response)] == [
        ("status_code", HTTPStatus, attrs.NOTHING),
        ("content", bytes, attrs.NOTHING),
        ("headers", MutableMapping[str, str], attrs.NOTHING),
        ("parsed", types.T | None, attrs.NOTHING),
    ], f"{WHERE}, Response"
    answer = Response(HTTPStatus.OK, b"content", {"a": "b"}, "parsed")
    assert attrs.astuple(answer) == (200, b"content", {"a": "b"}, "parsed"), f"{WHERE}, Response"
    assert answer.__slots__, f"{WHERE}, Response"
    assert answer == attrs.evolve(answer), f"{WHERE}, Response"
    answer.parsed = None
    assert answer != Response(HTTPStatus.OK, b"content", {"a": "b"}, "parsed"), f"{WHERE}, Response"
    assert (types.T.__name__, types.T.__bound__) == ("T", None), f"{WHERE}, T"
    assert Response.__parameters__ == (types.T,), f"{WHERE}, Response"


def test_a_file_is_a_tuple_for_httpx() -> None:
    payload = io.BytesIO(b"x")
    assert File(payload, "name", "text/x").to_tuple() == ("name", payload, "text/x"), WHERE
    assert File(payload).to_tuple() == (None, payload, None), WHERE
    wanted: dict[str, Any] = {
        "payload": BinaryIO,
        "file_name": str | None,
        "mime_type": str | None,
    }
    assert get_type_hints(File) == wanted, f"{WHERE}, File"
    assert get_type_hints(File.to_tuple) == {"return": types.FileTypes}, f"{WHERE}, File.to_tuple"
    defaults = [each.default for each in attrs.fields(File)]
    assert defaults == [attrs.NOTHING, None, None], f"{WHERE}, File"
    file = File(payload)
    assert file.__slots__, f"{WHERE}, File"
    assert file == File(payload), f"{WHERE}, File"
    file.file_name = "name"
    assert file != File(payload), f"{WHERE}, File"


def test_the_aliases_are_what_httpx_takes() -> None:
    content = typing.IO[bytes] | bytes | str
    assert types.FileContent == content, f"{WHERE}, FileContent"
    head = (str | None, content, str | None)
    wanted = tuple[head] | tuple[(*head, typing.get_args(types.FileTypes)[1].__args__[3])]
    assert types.FileTypes == wanted, f"{WHERE}, FileTypes"
    assert "Mapping[str, str]" in str(typing.get_args(types.FileTypes)[1]), f"{WHERE}, FileTypes"
    assert types.RequestFiles == list[tuple[str, types.FileTypes]], f"{WHERE}, RequestFiles"


def test_what_the_modules_export() -> None:
    exported = ["UNSET", "File", "FileTypes", "RequestFiles", "Response", "Unset"]
    assert types.__all__ == exported, f"{WHERE}, __all__"
    assert errors.__all__ == ["UnexpectedStatus"], f"{generated.FOLDER}/errors.py, __all__"


@pytest.mark.parametrize("content", [b"what it says", "größer".encode(), b"\xff broken"])
def test_an_unexpected_status_says_what_came(content: bytes) -> None:
    where = f"{generated.FOLDER}/errors.py, UnexpectedStatus"
    error = errors.UnexpectedStatus(418, content)
    assert (error.status_code, error.content) == (418, content), where
    said = content.decode(errors="ignore")
    assert str(error) == f"Unexpected status code: 418\n\nResponse content:\n{said}", where
    assert errors.UnexpectedStatus.__mro__[1] is Exception, where
    parameters = inspect.signature(errors.UnexpectedStatus).parameters.values()
    assert [str(each) for each in parameters] == ["status_code: int", "content: bytes"], where
