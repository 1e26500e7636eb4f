"""What looks like something that was read before is read in short: to the same as with care."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import paperspace_projects._api.decoding as wire

READERS = {
    "project": wire.project,
    "collaborator": wire.collaborator,
    "secret": wire.secret,
    "event": wire.event,
    "model": wire.model,
}
KEYS = [
    *("id", "name", "description", "teamId", "dtCreated", "dtModified", "userId", "email", "role"),
    *("projectId", "type", "message", "action", "user", "actor", "extra", "team_id", "dt_created"),
    "",
]
DATES = ["2026-03-18T12:00:00.000Z", "2026-03-18T12:00:00", "2026-03-18", "no date", ""]
VALUES = st.one_of(
    st.none(),
    st.sampled_from(["a", "a longer text", *DATES]),
    st.booleans(),
    st.sampled_from([0, 1, 2.5]),
    st.fixed_dictionaries({}, optional={"id": st.sampled_from(["u", None]), "email": st.none()}),
    st.just(["a"]),
)
THINGS = st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=8)


def outcome(read: Any, thing: dict[str, Any]) -> Any:
    try:
        made = read(thing)
    except wire.Unreadable as error:
        return error.args
    return made, type(made.extra), {key: type(value) for key, value in vars(made).items()}


@pytest.mark.parametrize("kind", READERS)
@settings(deadline=None, max_examples=300)
@given(first=THINGS, second=THINGS, data=st.data())
def test_a_thing_is_read_the_same_whatever_was_read_before(
    kind: str, first: dict[str, Any], second: dict[str, Any], data: st.DataObject
) -> None:
    reader = READERS[kind]
    required = {"id": "p1", "name": "n", "userId": "u1"}
    likeness = {key: data.draw(VALUES) for key in first}  # the same keys, other values
    for thing in (required | first, required | likeness, required | second, required | first):
        assert outcome(reader, thing) == outcome(lambda each: reader._read(each, "$"), thing)


def test_most_things_are_read_in_short() -> None:
    reader = wire.Reader(wire.Project, lambda: wire.generated.Project, ("id", "name"))
    for number in range(3):
        reader({"id": f"p{number}", "name": "n", "dtCreated": DATES[0], "repoUrl": None})
    (layout,) = reader._layouts.values()
    assert layout is not None
    assert layout.dates == ("dt_created",)
    assert layout.extra == ("repoUrl",)


def test_a_server_that_makes_up_keys_does_not_fill_the_memory() -> None:
    reader = wire.Reader(wire.Project, lambda: wire.generated.Project, ("id", "name"))
    for number in range(500):
        made = reader({"id": "p", "name": "n", f"key {number}": number})
        assert made.extra == {f"key {number}": number}
    assert len(reader._layouts) == 100


def test_what_is_wrong_within_a_listing_is_named_by_its_place() -> None:
    page = {"items": [{"id": "p1", "name": "n"}, {"id": "p2", "name": 5}]}
    with pytest.raises(wire.Unreadable) as caught:
        wire.PageReader(wire.project.many)(page)
    assert caught.value.path == "$.items[1].name"
