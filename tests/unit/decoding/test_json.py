"""JSON is read to the same value, or refused in the same words, with orjson and without."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import paperspace_projects._api.strict_json as reading

Values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
WRITERS: dict[str, Callable[[object], str]] = {
    "compact": lambda value: json.dumps(value, separators=(",", ":"), ensure_ascii=False),
    "escaped": json.dumps,
    "indented": lambda value: json.dumps(value, indent=2, ensure_ascii=False),
}
TRAPS = [
    '{"a":1,"a":2}',
    '{"a":"\\"","a":"\\u0022\\u0022"}',
    '{"a":{"b":[{"c":1,"c":1}]}}',
    "123456789012345678901234567890",
    "[18446744073709551616,-9223372036854775809]",
    "[1.0,1e5,1E400,-0,-0.0,0.1]",
    "NaN",
    "[Infinity]",
    '{"a":1}x',
    "[1,]",
    '"\\ud800"',
    '"\x01"',
    "01",
    "[" * 1500 + "]" * 1500,
]


@pytest.fixture
def without_orjson(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_quick", lambda: None)


def outcome(text: str) -> tuple[str, str]:
    """What reading gives, told so that 1, 1.0 and True are three things."""
    try:
        return "value", repr(reading.parse(text))
    except (ValueError, RecursionError) as error:
        return type(error).__name__, str(error)


def both(text: str) -> tuple[tuple[str, str], tuple[str, str]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "_quick", lambda: None)
        careful = outcome(text)
    return outcome(text), careful


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
@given(value=Values)
@example(value={"naïve": "ü\u2028/\\"})
def test_what_is_written_is_read_alike(write: Callable[[object], str], value: object) -> None:
    with_orjson, careful = both(write(value))
    assert with_orjson == careful


@given(text=st.text(st.sampled_from('{}[]",:\\eE+-.0123456789untrfals \n'), max_size=30))
def test_what_is_no_json_is_refused_alike(text: str) -> None:
    with_orjson, careful = both(text)
    assert with_orjson == careful


@pytest.mark.parametrize("text", TRAPS)
def test_nothing_is_lost_without_a_word(text: str) -> None:
    with_orjson, careful = both(text)
    assert with_orjson == careful


def test_orjson_reads_what_a_server_sends() -> None:
    quick = reading._quick()
    assert quick is not None
    assert quick('{"items":[{"id":"p1","name":"ü"}],"hasMore":false}') is not None
    assert quick('{"id":"p1","id":"p2"}') is None


@pytest.mark.usefixtures("without_orjson")
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"a":1,"a":2}', "a key that is there twice"),
        ("NaN", "a number that is none or too long"),
        ("9" * 5000, "a number that is none or too long"),
        ('{"a":\n 1]', r"no JSON \(line 2, column 3\)"),
    ],
)
def test_the_words_say_what_is_wrong(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        reading.parse(text)
