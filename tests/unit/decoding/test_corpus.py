"""Answers that once were read badly, or are of a kind that might be, are read well for ever.

Each file of the corpus is an answer: the operation and the status, the headers, an empty line, the
body. The fuzzer (`nox -s fuzz`) begins with them, and puts there what it finds.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from unit.decoding.operations import OPERATIONS

sys.path.append(str(Path(__file__).parents[3]))  # where `scripts` is

from scripts.fuzzing import harness
from scripts.fuzzing.case import OPERATIONS as OPERATIONS_FUZZED
from scripts.fuzzing.case import Case, corpus
from scripts.fuzzing.leaks import ESCAPES, KEY, VALUES, shows
from scripts.fuzzing.targets import Target

CORPUS = corpus(Path(__file__).parent / "corpus")
CASE = Case("getProject", 200, (("content-type", "application/json"),), b'{"id": "p", "name": "n"}')


@pytest.mark.parametrize("name", CORPUS)
def test_a_kept_answer_is_read_well_by_every_operation(name: str) -> None:
    kept_case = Case.from_bytes(CORPUS[name])
    for operation in OPERATIONS_FUZZED:
        case = msgspec.structs.replace(kept_case, operation=operation)
        result = harness.examine(case)
        assert not result.findings, result.findings[0].report


@pytest.mark.parametrize("name", CORPUS)
def test_a_kept_answer_is_what_its_file_says(name: str) -> None:
    assert Case.from_bytes(CORPUS[name]).to_bytes() == CORPUS[name]


def test_every_operation_is_fuzzed() -> None:
    assert set(OPERATIONS_FUZZED) == set(OPERATIONS)


def findings(monkeypatch: pytest.MonkeyPatch, read: Any) -> list[str]:
    monkeypatch.setitem(harness.TARGETS, "getProject", [Target(read)])
    return [each.kind for each in harness.examine(CASE).findings]


def test_an_exception_of_another_kind_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(*_: object, **__: object) -> object:
        raise KeyError("id")

    assert findings(monkeypatch, read) == ["KeyError in test_corpus.read"]


def test_what_takes_too_long_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(*_: object, **__: object) -> object:
        while True:
            pass

    monkeypatch.setattr(harness, "SECONDS", 0.05)
    assert findings(monkeypatch, read) == ["TooSlow in test_corpus.read"]


@pytest.mark.parametrize("escape", ESCAPES)
def test_a_key_that_shows_is_a_finding(monkeypatch: pytest.MonkeyPatch, escape: Any) -> None:
    def read(*_: object, **__: object) -> object:
        return {"a": [f"no good: {escape(KEY)}!"]}

    assert findings(monkeypatch, read) == ["shows the API key in dict"]


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("escape", ESCAPES)
def test_a_value_shows_through_two_escapes(value: str, escape: Any) -> None:
    for another in ESCAPES:
        assert shows(another(escape(value)), value)


def test_an_answer_that_is_well_read_is_no_finding() -> None:
    result = harness.examine(CASE)
    assert result.outcomes == ("Project",)
    assert not result.findings
