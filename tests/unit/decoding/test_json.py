"""JSON is read to the value that it says, or refused in words that say what is wrong."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from paperspace_projects._api import decoding
from paperspace_projects._api.decode_error import NO_BODY
from paperspace_projects._api.decoding import parse

Values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
WRITERS: dict[str, Callable[[object], str]] = {
    "compact": lambda value: json.dumps(value, separators=(",", ":"), ensure_ascii=False),
    "escaped": json.dumps,
    "indented": lambda value: json.dumps(value, indent=2, ensure_ascii=False),
}


def outcome(read: Callable[[str], object], text: str) -> str:
    """What reading gives, told so that 1, 1.0 and True are three things."""
    try:
        return repr(read(text))
    except ValueError:
        return "ValueError"


def strictly(text: str) -> object:
    """JSON as Python's own parser reads it, without what Python alone writes."""

    def refuse(constant: str) -> object:
        raise ValueError(constant)

    return json.loads(text, parse_constant=refuse)


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
@given(value=Values)
@example(value={"naïve": "ü\u2028/\\"})
@example(value=[123456789012345678901234567890, 18446744073709551616, -9223372036854775809])
@example(value=[0.1, 1e5, 1e-308, 1.7976931348623157e308, 5e-324, -0.0])
@example(value=10**4000)
def test_what_is_written_is_read_again(write: Callable[[object], str], value: object) -> None:
    assert repr(parse(write(value))) == repr(value)


@given(
    text=st.text(st.sampled_from('{}[]",:\\eE+-.0123456789untrfals \n'), min_size=1, max_size=30)
)
@example(text="-0")
@example(text="[1,]")
@example(text='{"a":1}x')
@example(text="01")
@example(text='"\x01"')
def test_what_is_no_json_is_refused(text: str) -> None:
    right = outcome(strictly, text)
    if text.strip() and "inf" not in right:  # a number beyond all floats: see below
        assert outcome(parse, text) == right


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("NaN", "invalid character"),
        ("[Infinity]", "invalid character"),
        ("9" * 5000, "Integer value out of range"),
        ('{"a":\n 1]', r"byte 8"),
        ('{"a": 1', "truncated"),
    ],
)
def test_the_words_say_what_is_wrong(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=rf"not JSON \(.*{words}"):
        parse(text)


def test_the_words_show_nothing_of_the_text() -> None:
    with pytest.raises(ValueError, match="not JSON") as caught:
        parse('{"a secret": "QXZk", "b": QXZk}')
    assert "QXZk" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("text", ["", "  \r\n", "\t"])
def test_an_empty_text_is_no_body(text: str) -> None:
    assert parse(text) is NO_BODY


def test_of_two_equal_keys_the_last_counts() -> None:
    assert parse('{"a": 1, "b": 2, "a": 3}') == {"a": 3, "b": 2}


def test_a_number_beyond_all_floats_is_its_text() -> None:
    assert parse("[1.0,1e5,1E400,-1e400,0.1,1e-400]") == [1.0, 1e5, "1E400", "-1e400", 0.1, 0.0]


def test_half_an_emoji_is_read() -> None:
    text = '{"name": "sees \\ud83d", "x": [1e400], "y": 1.5}'
    assert parse(text) == {"name": "sees \ud83d", "x": ["1e400"], "y": 1.5}
    with pytest.raises(ValueError, match=r"not JSON \(NaN is no JSON number\)"):
        parse('["\\ud83d", NaN]')
    with pytest.raises(ValueError, match=r"not JSON \(.*limit"):
        parse(f'["\\ud83d", {"9" * 5000}]')


@pytest.mark.parametrize("depth", [201, 450, 980, 100_000])
@pytest.mark.parametrize("half", ["", '"\\ud83d",'])
def test_what_is_nested_too_deeply_is_refused(depth: int, half: str) -> None:
    with pytest.raises(RecursionError):
        parse(f"[{half}" + "[" * (depth - 1) + "]" * depth)
    with pytest.raises(RecursionError):
        parse('{"a":' * depth + "1" + "}" * depth)


def test_what_is_nested_as_deep_as_is_accepted_pickles_copies_and_prints() -> None:
    data = {"id": "p1", "name": "n", "more": parse("[" * 199 + "]" * 199)}
    assert parse(json.dumps(data)) == data
    assert parse("[" + "[1]," * 1_000 + "1]") == [*[[1]] * 1_000, 1]
    project = decoding.project(data)
    assert pickle.loads(pickle.dumps(project)) == copy.deepcopy(project) == project
    assert repr(project)
