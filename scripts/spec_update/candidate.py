"""Reads the candidate from a file or an https URL, and refuses what is no valid document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
import yaml
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator

TIMEOUT = 30.0  # seconds


class Refused(Exception):
    """The candidate is refused; the message says why. The tree does not change."""


def read(source: str) -> bytes:
    """The bytes of a file or an https URL; `Refused` if it cannot be read."""
    if "://" not in source:
        try:
            return Path(source).read_bytes()
        except OSError as error:
            raise Refused(f"{source} cannot be read: {error.strerror}") from None
    if not source.startswith("https://"):
        raise Refused(f"{source} is neither a file nor an https URL")
    try:
        answer = httpx.get(source, timeout=TIMEOUT, follow_redirects=True)
        answer.raise_for_status()
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Refused(f"{source} cannot be fetched: {error or type(error).__name__}") from None
    return answer.content


def load(content: bytes) -> dict[str, Any]:
    """The candidate as a document, valid or not; `Refused` unless it says that it is OpenAPI."""
    try:
        document = yaml.safe_load(content)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        problem = str(error).replace("\n", " ")
        raise Refused(f"it is neither YAML nor JSON: {problem}") from None
    if not isinstance(document, dict) or not isinstance(document.get("openapi"), str):
        raise Refused("it is no OpenAPI 3 document: `openapi` does not name a version")
    return document


def parse(content: bytes) -> dict[str, Any]:
    """The candidate as a document; `Refused` unless it is valid OpenAPI 3.0 or 3.1."""
    document = load(content)
    validators: Mapping[str, Any] = {"3.0": OpenAPIV30SpecValidator, "3.1": OpenAPIV31SpecValidator}
    version = document["openapi"]
    validator = validators.get(".".join(version.split(".")[:2]))
    if validator is None:
        raise Refused(f"it is OpenAPI {version}: only 3.0 and 3.1 can be checked here")
    unquoted = [f"{_pointer(path)}: {key}" for path, key in _keys_that_are_no_text(document, ())]
    if unquoted:
        what = f"it is no valid OpenAPI {version} document: keys that are no text"
        raise Refused(f"{what}, put them in quotes: {_some_of(unquoted)}")
    errors = sorted(validator(document).iter_errors(), key=lambda error: list(map(str, error.path)))
    if errors:
        listed = [f"{_pointer(error.path)}: {error.message}" for error in errors]
        raise Refused(f"it is no valid OpenAPI {version} document: {_some_of(listed)}")
    return document


def _some_of(problems: Sequence[str]) -> str:
    more = f" (and {len(problems) - 5} more)" if len(problems) > 5 else ""
    return "; ".join(problems[:5]) + more


def _keys_that_are_no_text(
    value: Any, path: tuple[object, ...]
) -> Iterator[tuple[tuple[object, ...], object]]:
    """Such as a status without quotes, which OpenAPI forbids and YAML reads as a number."""
    if isinstance(value, dict):
        yield from ((path, key) for key in value if not isinstance(key, str))
    entries = value.items() if isinstance(value, dict) else enumerate(value)
    for key, each in entries:
        if isinstance(each, dict | list):
            yield from _keys_that_are_no_text(each, (*path, key))


def _pointer(path: Any) -> str:
    """A path into a document as a JSON pointer."""
    parts = (str(part).replace("~", "~0").replace("/", "~1") for part in path)
    return "#" + "".join(f"/{part}" for part in parts)
