"""`before_sending`: a guard sees each request before it is sent, or nothing is sent."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any
from unittest.mock import AsyncMock

import pytest
from support.driving import Driver

from paperspace_projects import Client, InvalidArgumentError
from paperspace_projects.hooks import OutgoingRequest, before_sending
from paperspace_projects.testing import Emulator, block_network


async def coroutine(_: OutgoingRequest) -> None:
    raise AssertionError("never awaited")


def generator(_: OutgoingRequest) -> Iterator[None]:
    raise AssertionError("never iterated")
    yield


async def async_generator(_: OutgoingRequest) -> AsyncIterator[None]:
    raise AssertionError("never iterated")
    yield


class Awaited:
    """A guard whose call is awaited."""

    async def __call__(self, departure: OutgoingRequest) -> None:
        await coroutine(departure)

    async def method(self, departure: OutgoingRequest) -> None:
        await coroutine(departure)


@pytest.mark.parametrize(
    "guard",
    [
        coroutine,
        generator,
        async_generator,
        functools.partial(coroutine),
        Awaited(),
        Awaited().method,
        None,
        "a name",
    ],
)
def test_what_would_not_run_when_it_is_called_is_refused(guard: Any) -> None:
    with (
        pytest.raises(InvalidArgumentError, match="decides before it returns") as refused,
        before_sending(guard),
    ):
        pass
    assert refused.value.argument == "hook"


def future(_: OutgoingRequest) -> Any:
    class Future:
        def __await__(self) -> Iterator[None]:
            yield

    return Future()


@pytest.mark.parametrize(
    "function",
    [coroutine, generator, async_generator, future, functools.partial(asyncio.sleep, 0)],
)
def test_nothing_is_sent_where_the_guard_has_not_decided(
    drive: Driver, client: Any, emulator: Emulator, function: Callable[[Any], Any]
) -> None:
    def guard(departure: OutgoingRequest) -> Any:
        return function(departure)

    with (
        before_sending(guard),
        pytest.raises(InvalidArgumentError, match="decides before it returns"),
    ):
        drive(client.projects.create("vision"))
    assert emulator.requests == ()
    assert drive(client.projects.create("vision")).name == "vision"


def test_an_async_mock_lets_nothing_out(drive: Driver, client: Any, emulator: Emulator) -> None:
    with pytest.raises(InvalidArgumentError), before_sending(AsyncMock()):
        drive(client.projects.create("vision"))
    assert emulator.requests == ()


def test_what_a_guard_returns_does_not_matter_otherwise(drive: Driver, client: Any) -> None:
    with before_sending(lambda departure: departure.operation):
        assert drive(client.projects.create("vision")).name == "vision"


def test_it_decorates_no_function_that_would_run_after_its_end(paperspace: Client) -> None:
    """A decorated `async def` would have been over before it was awaited."""
    for context in (before_sending(print), block_network()):
        assert not callable(context)
        with context, context:
            paperspace.projects.list().collect()
        paperspace.projects.list().collect()
