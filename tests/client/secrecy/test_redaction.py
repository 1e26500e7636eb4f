"""A hidden value is taken out of a text however it was escaped, and the search for it ends soon."""

from __future__ import annotations

import html
import itertools
import json
import re
import time
from collections.abc import Callable
from types import SimpleNamespace
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paperspace_projects._security import redaction
from paperspace_projects._security.redaction import redact, redact_json
from paperspace_projects._security.secret_str import STARS, as_secret

CREDENTIAL = json.dumps({f"field {number}": f"https://h/{number}?a=b" for number in range(12)})

ESCAPES: dict[str, Callable[[str], str]] = {
    "as it is": lambda text: text,
    "json": lambda text: json.dumps(text)[1:-1],
    "json with letters": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "json with slashes": lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
    "json for HTML": lambda text: json.dumps(text)[1:-1].replace("<", "\\u003C"),
    "python": lambda text: repr(text)[1:-1],
    "html": html.escape,
    "url": lambda text: quote(text, safe=""),
    "form": quote_plus,
}


def by_numbers(text: str) -> str:
    """HTML that escapes all that can be escaped."""
    return re.sub(r"(?a)[\W_]", lambda found: f"&#{ord(found[0])};", text)


one_escape = st.sampled_from(list(ESCAPES.values()))
slashes = st.sampled_from([each for name, each in ESCAPES.items() if "json" in name])
several_escapes = (
    st.tuples(one_escape)
    | st.tuples(one_escape, one_escape)
    | st.tuples(slashes, st.just(by_numbers))
)
values = st.text(st.sampled_from("abn019 \\\"'&%/+<\n\tö€🙂;#-="), min_size=6, max_size=30)


@settings(max_examples=300, deadline=None)
@given(value=values, escapes=several_escapes, around=st.sampled_from(["", "bad: ", ' "', "\\"]))
def test_a_value_is_found_however_it_is_escaped(
    value: str, escapes: tuple[Callable[[str], str], ...], around: str
) -> None:
    echo = value
    for escape in escapes:
        echo = escape(echo)
    assert STARS in redact(around + echo + around, (as_secret(value),))


def test_utf_8_that_was_read_as_latin_1_or_shown_as_bytes_is_found() -> None:
    for value in ("pässwörd-Ü", "€uro\\🙂"):
        hidden = (as_secret(value),)
        assert redact(f"a {value.encode().decode('latin-1')}", hidden) == f"a {STARS}"
        assert STARS in redact(repr(b"a " + value.encode()), hidden)


@pytest.mark.parametrize("escape", ESCAPES.values(), ids=ESCAPES)
def test_a_text_with_a_long_value_is_taken_out_whole(escape: Callable[[str], str]) -> None:
    value = "/".join(f"line {number}\n" for number in range(50_000))
    assert redact(f"bad: {escape(value)}", (as_secret(value),)).removeprefix("bad: ") == STARS


NEARLY: dict[str, tuple[str, str]] = {
    "all of a credential but its end": (CREDENTIAL, CREDENTIAL[:-1]),
    "all of an escaped one but its end": (CREDENTIAL, json.dumps(CREDENTIAL)[1:-2]),
    "all of a quoted one but its end": (CREDENTIAL, quote(CREDENTIAL, safe="")[:-3]),
    "many backslashes": ('"quoted"', "quoted \\u" + "\\" * 50_000),
    "backslashes for backslashes": ("\\\\host\\share\\new", "\\" * 50_000 + "host\\share\\neu"),
    "many escapes of one character": ("&a%b#c-value", "&" + "amp;" * 30_000 + "value"),
    "percent signs": ("%20value%20", "%" + "25" * 30_000 + "20value"),
    "noughts": ("'value'", "&#" + "0" * 60_000 + "value"),
}


@pytest.mark.parametrize("case", NEARLY)
def test_a_text_that_nearly_holds_a_value_is_searched_in_no_time(case: str) -> None:
    value, text = NEARLY[case]
    began = time.process_time()
    redact(text, (as_secret(value),))
    assert time.process_time() - began < 1


def looked_at(value: str, text: str) -> int:
    """How many characters a search that begins at each place of a text looks at."""
    starts = (text[place : place + len(value)] for place in range(len(text)))
    equal = ([a == b for a, b in zip(value, each, strict=False)] for each in starts)
    return sum(1 + len(list(itertools.takewhile(bool, each))) for each in equal)


def searched(value: str, text: str) -> list[str]:
    """The texts that a pattern was searched in to redact one; nothing of the value is left."""
    texts: list[str] = []

    def sub(pattern: str, by: str, text: str, flags: int = 0) -> str:
        texts.append(text if by == STARS else "")
        return re.sub(pattern, by, text, flags=flags)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(redaction, "re", SimpleNamespace(**vars(re) | {"sub": sub}))
        shown = redaction.redact(text, (as_secret(value),))
    assert not re.search(redaction._pattern(value), shown, re.IGNORECASE)
    return [each for each in texts if each == text]


REPEATING: dict[str, tuple[str, str]] = {
    "dashes": ("-" * 400 + "KEYx", "-" * 20_000 + "keyx"),
    "a few dashes": ("-" * 64 + "BEGIN key", "-" * 20_000 + "begin"),
    "spaces": (" " * 400 + "KEYx", " " * 20_000 + "keyx"),
    "spaces and pluses": (" +" * 50 + "KEYx", " " * 20_000 + "keyx"),
    "percent signs": ("%" * 100 + "KEYx", "%25" * 10_000 + "keyx"),
    "ampersands": ("&" * 100 + "KEYx", "&amp;" * 5_000 + "keyx"),
    "two in turn": ("a-" * 100 + "b", "a-" * 10_000),
    "letters": ("a" * 300 + "!", "a" * 20_000),
}


@pytest.mark.parametrize("case", REPEATING)
def test_a_value_that_repeats_its_start_is_not_searched_for(case: str) -> None:
    value, text = REPEATING[case]
    assert searched(value, text) == []


@settings(max_examples=300, deadline=None)
@given(
    value=st.text("ab-", min_size=6, max_size=30) | st.text("a-", min_size=6, max_size=30),
    data=st.data(),
)
def test_the_work_of_a_search_is_linear_in_the_text(value: str, data: st.DataObject) -> None:
    pieces = st.sampled_from([value[:-1], value[1:], value[: len(value) // 2], value[:1], "b"])
    text = "".join(data.draw(st.lists(pieces, max_size=30)))
    for each in searched(value, text):
        assert looked_at(value, each) <= 9 * len(each)


def test_a_text_of_any_length_is_searched_in_bounds() -> None:
    text = "key / " * 50_000
    assert redact(text, (as_secret("key / value"),)) == text  # it cannot be there
    assert redact(text, (as_secret("key / / key"),)) == STARS


def test_a_credential_with_a_dashed_head_is_taken_out_in_its_place() -> None:
    value = "-----BEGIN KEY-----\nMIIB/+aZ\n-----END KEY-----\n"
    assert redact(f"bad: {json.dumps(value)}!", (as_secret(value),)) == f'bad: "{STARS}"!'


@pytest.mark.parametrize("number", [918273645546, -918273645546, 918273645546.0, 19182736455461])
def test_a_number_that_holds_a_value_of_digits_is_taken_out(number: float) -> None:
    data = {"a": [number, 5]}
    assert redact_json(data, (as_secret("918273645546"),)) == {"a": [STARS, 5]}
