"""A thing is read alone and within a listing to the same model, or refused at the same place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import paperspace_projects._api.decoding as wire

READERS: dict[str, wire.ModelReader[Any]] = {
    "project": wire.project,
    "collaborator": wire.collaborator,
    "secret": wire.secret,
    "event": wire.event,
    "model": wire.model,
    "tag": wire.tag,
}
KEYS = [
    *("id", "name", "description", "teamId", "dtCreated", "dtModified", "userId", "email", "role"),
    *("projectId", "type", "message", "action", "user", "actor", "extra", "team_id", "dt_created"),
    *("dtDeleted", "repoUrl", "hasDeploymentAttached", "data", "deployment", "isPublic"),
    "",
]
DATES = ["2026-03-18T12:00:00.000Z", "2026-03-18T12:00:00", "2026-03-18", "no date", ""]
VALUES = st.one_of(
    st.none(),
    st.sampled_from(["a", "a longer text", *DATES]),
    st.booleans(),
    st.sampled_from([0, 1, 2.5]),
    st.fixed_dictionaries({}, optional={"id": st.sampled_from(["u", None]), "email": st.none()}),
    st.dictionaries(
        st.sampled_from(["firstName", "lastName", "fullName", "from", "to", "dtDeleted", "new"]),
        st.sampled_from([*DATES, "F", 1, None, ["a"]]),
    ),
    st.just(["a"]),
)
THINGS = st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=8)
REQUIRED = {"id": "p1", "name": "n", "userId": "u1"}


def outcome(read: Callable[[Any], Any], thing: object) -> Any:
    try:
        return read(thing)
    except wire.DecodeError as error:
        return error.path, error.expected, error.found


@pytest.mark.parametrize("kind", READERS)
@settings(deadline=None, max_examples=300)
@given(things=st.lists(THINGS, max_size=3))
def test_a_listing_reads_each_thing_as_if_it_were_alone(
    kind: str, things: list[dict[str, Any]]
) -> None:
    reader = READERS[kind]
    complete = [REQUIRED | thing for thing in things]
    before = repr(complete)
    alone = [outcome(reader, thing) for thing in complete]
    wrong = [index for index, each in enumerate(alone) if isinstance(each, tuple)]
    expected = alone
    if wrong:
        path, *said = alone[wrong[0]]
        expected = (path.replace("$", f"$[{wrong[0]}]"), *said)
    assert outcome(lambda data: list(reader.many(data, "$")), complete) == expected
    assert repr(complete) == before


@pytest.mark.parametrize("kind", READERS)
@settings(deadline=None)
@given(thing=THINGS)
def test_nothing_that_a_server_says_is_lost(kind: str, thing: dict[str, Any]) -> None:
    made = outcome(READERS[kind], REQUIRED | thing)
    if isinstance(made, tuple):
        return
    told = repr(msgspec.structs.asdict(made))
    for key, value in (REQUIRED | thing).items():
        if isinstance(value, str) and value not in DATES:
            assert repr(value) in told, key
        if isinstance(value, dict):
            for inner, each in value.items():
                assert each is None or each in DATES or repr(each) in told, inner


def test_a_repeated_reading_gives_the_same() -> None:
    body = {"user": {"id": "u1", "email": "e", "firstName": "U"}, "dtDeleted": None}
    assert wire.collaborator(body) == wire.collaborator(body)


def test_what_is_wrong_within_a_listing_is_named_by_its_place() -> None:
    page = {"items": [{"id": "p1", "name": "n"}, {"id": "p2", "name": 5}]}
    with pytest.raises(wire.DecodeError) as caught:
        wire.PageReader(wire.project.many)(page)
    assert caught.value.path == "$.items[1].name"


def test_a_time_of_another_form_does_not_hide_what_is_wrong() -> None:
    things = [
        {"id": "p1", "name": "n", "dtCreated": "2026-03-18"},
        {"id": "p2", "name": "n", "dtCreated": "lately"},
    ]
    with pytest.raises(wire.DecodeError) as caught:
        wire.project.many(things, "$")
    assert caught.value.args == ("$[1].dtCreated", "a date-time", "the string 'lately'")
