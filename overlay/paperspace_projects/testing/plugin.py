"""The pytest plugin: an emulator for each test, and clients on it, for whoever asks for them.

pytest loads this module in every run where the package is installed, wanted or not. It must
therefore import nothing but pytest until a fixture is asked for, and change nothing for tests that
ask for none.
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
_OPTIONS: Final = ("dialect", "faults", "latency", "seed")


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known, so that `--strict-markers` takes it."""
    config.addinivalue_line(
        "markers",
        f'{_MARKER}(dialect="contract", faults=None, latency=0.0, seed=None): the Paperspace '
        "emulator of this test: its dialect, what goes wrong (a FaultPlan), how long requests take "
        "(seconds), and what it holds at first (a desired state, or the path of one, "
        "relative to the test's file)",
    )


@pytest.fixture
def paperspace_emulator(request: pytest.FixtureRequest) -> Iterator[Emulator]:
    """A fresh emulator, as the marker `paperspace` says. Its ids are the same in each run."""
    from . import Emulator

    options = _options(request.node)
    state = options.pop("seed", None)
    if isinstance(state, str | os.PathLike):
        state = request.path.parent / state
    with Emulator(**options, seed=0) as emulator:
        if state is not None:
            emulator.seed(state)
        yield emulator


@pytest.fixture
def paperspace(paperspace_emulator: Emulator) -> Iterator[Client]:
    """A client on the test's emulator. It repeats as usual, but draws no waits."""
    from .. import Client, RetryPolicy

    emulator, retry = paperspace_emulator, RetryPolicy(initial_wait=0)
    with Client(emulator.api_key, transport=emulator.transport(), retry=retry) as client:
        yield client


@pytest.fixture
def async_paperspace(paperspace_emulator: Emulator) -> Iterator[AsyncClient]:
    """An async client on the test's emulator, for whatever runs the test's event loop."""
    from .. import AsyncClient, RetryPolicy

    emulator, retry = paperspace_emulator, RetryPolicy(initial_wait=0)
    client = AsyncClient(emulator.api_key, transport=emulator.transport(), retry=retry)
    yield client
    _close(client)


@pytest.fixture
def paperspace_server(
    paperspace_emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """The test's emulator, served over HTTP; the value is its base URL.

    `PAPERSPACE_API_URL` and `PAPERSPACE_API_KEY` say so in the environment: clients that the code
    under test makes itself, in other processes too, find the emulator and nothing else.
    """
    with paperspace_emulator.serve() as base_url:
        monkeypatch.setenv("PAPERSPACE_API_URL", base_url)
        monkeypatch.setenv("PAPERSPACE_API_KEY", paperspace_emulator.api_key)
        for name in ("NO_PROXY", "no_proxy"):  # a proxy of the machine's cannot reach it
            others = filter(None, [os.environ.get(name)])
            monkeypatch.setenv(name, ",".join(["127.0.0.1", *others]))
        yield base_url


@pytest.fixture
def paperspace_no_network() -> Iterator[None]:
    """Nothing of this process reaches a real server: `block_network`, for a test.

    For all tests: `pytestmark = pytest.mark.usefixtures("paperspace_no_network")` in a module, or
    `usefixtures = paperspace_no_network` in pytest's settings.
    """
    from . import block_network

    with block_network():
        yield


def _options(node: pytest.Item) -> dict[str, Any]:
    """What the test's markers say; one on the test comes before one on its class or module."""
    options: dict[str, Any] = {}
    for marker in node.iter_markers(_MARKER):
        unknown = [repr(each) for each in (*marker.args, *(marker.kwargs.keys() - {*_OPTIONS}))]
        if unknown:
            raise pytest.UsageError(
                f"{node.nodeid}: the marker {_MARKER} takes {', '.join(_OPTIONS)}, each by name; "
                f"not {', '.join(unknown)}"
            )
        options = {**marker.kwargs, **options}
    return options


def _close(client: AsyncClient) -> None:
    """Close a client on an event loop of its own: the test's may be over by now, or not."""
    from concurrent.futures import ThreadPoolExecutor

    import anyio

    # In a thread, as who runs the tests may have set a loop for this one.
    with ThreadPoolExecutor(1) as executor:
        executor.submit(anyio.run, client.aclose).result()
