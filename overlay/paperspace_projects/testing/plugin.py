"""The pytest plugin: an emulator for each test that asks for one, and clients on it.

pytest loads this module wherever the package is installed. It must therefore import nothing but
pytest until a fixture is asked for, and change nothing for tests that ask for none.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from .. import AsyncClient, Client
    from . import Emulator

__all__ = [
    "async_paperspace",
    "paperspace",
    "paperspace_emulator",
    "paperspace_no_network",
    "paperspace_server",
]

_MARKER: Final = "paperspace"
_OPTIONS: Final = (
    *("dialect", "faults", "latency", "unknown_fields", "deleted"),  # those of `Emulator`
    *("seed", "events"),  # those of `Emulator.seed`
)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        f'{_MARKER}(dialect="contract", faults=None, latency=0.0, unknown_fields="ignore", '
        'deleted="omit", seed=None, events=None): the emulator of this test; `seed` is a desired '
        'state or its path, `events` are those of its projects, and the dialect "both" runs the '
        "test in each",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test once in each dialect where its marker says `dialect="both"`."""
    markers = metafunc.definition.iter_markers(_MARKER)
    dialect = next((m.kwargs["dialect"] for m in markers if "dialect" in m.kwargs), None)
    if dialect == "both" and "paperspace_emulator" in metafunc.fixturenames:
        metafunc.parametrize("paperspace_emulator", ["contract", "live"], indirect=True)


@pytest.fixture
def paperspace_emulator(request: pytest.FixtureRequest) -> Iterator[Emulator]:
    """A fresh emulator, as the marker `paperspace` says. Its ids are the same in each run."""
    from . import Emulator

    options = _options(request.node)
    if options.get("dialect") == "both":
        options["dialect"] = request.param
    state, events = options.pop("seed", None), options.pop("events", None)
    if isinstance(state, str | os.PathLike):
        state = request.path.parent / state
    with Emulator(**options, seed=0) as emulator:
        if state is not None:
            emulator.seed(state, events=events)
        yield emulator


@pytest.fixture
def paperspace(paperspace_emulator: Emulator) -> Iterator[Client]:
    """A client on the test's emulator. It retries as usual, but without waiting."""
    from .. import Client

    with Client(**_client_options(paperspace_emulator)) as client:
        yield client


@pytest.fixture
def async_paperspace(paperspace_emulator: Emulator) -> Iterator[AsyncClient]:
    """An async client on the test's emulator, under any runner of async tests."""
    from concurrent.futures import ThreadPoolExecutor

    import anyio

    from .. import AsyncClient

    client = AsyncClient(**_client_options(paperspace_emulator))
    yield client
    # The test's event loop may be over by now, or still be set for this thread: close the client
    # on a loop of its own, in another thread.
    with ThreadPoolExecutor(1) as executor:
        executor.submit(anyio.run, client.aclose).result()


@pytest.fixture
def paperspace_server(
    paperspace_emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """The base URL of the test's emulator, served over HTTP.

    `PAPERSPACE_API_URL` and `PAPERSPACE_API_KEY` are set, for clients of other processes too.
    """
    with paperspace_emulator.serve() as base_url:
        monkeypatch.setenv("PAPERSPACE_API_URL", base_url)
        monkeypatch.setenv("PAPERSPACE_API_KEY", paperspace_emulator.api_key)
        for name in ("NO_PROXY", "no_proxy"):  # the machine's proxy cannot reach it
            others = filter(None, [os.environ.get(name)])
            monkeypatch.setenv(name, ",".join(["127.0.0.1", *others]))
        yield base_url


@pytest.fixture
def paperspace_no_network() -> Iterator[None]:
    """No client of this process reaches a real server: `block_network`, for a test."""
    from . import block_network

    with block_network():
        yield


def _client_options(emulator: Emulator) -> dict[str, Any]:
    from .. import RetryPolicy

    retry = RetryPolicy(initial_wait=0)
    return {"api_key": emulator.api_key, "transport": emulator.transport(), "retry": retry}


def _options(node: pytest.Item) -> dict[str, Any]:
    """Merge the test's markers; one on the test overrides one on its class or module."""
    options: dict[str, Any] = {}
    for marker in node.iter_markers(_MARKER):
        unknown = ", ".join(map(repr, (*marker.args, *(marker.kwargs.keys() - {*_OPTIONS}))))
        if unknown:
            wanted = f"the marker {_MARKER} takes {', '.join(_OPTIONS)}, each by name"
            raise pytest.UsageError(f"{node.nodeid}: {wanted}; not {unknown}")
        options = {**marker.kwargs, **options}
    return options
