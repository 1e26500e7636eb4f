"""Fixtures of the contract tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from spec.contract.calling import Caller

HERE = Path(__file__).parent


ORDER = (
    *("spec", "modules", "signatures", "enums", "schemas", "docs", "source", "types", "client"),
    *("requests", "answers", "overlay", "live_table", "record"),
)
"""The generated code is judged first: where it is wrong, nothing can be said of the overlay."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the contract tests into this order, and leave all others where they are."""
    ours = [index for index, item in enumerate(items) if item.path.parent == HERE]
    ranks = {f"test_{name}.py": rank for rank, name in enumerate(ORDER)}
    sorted_ours = sorted(
        (items[index] for index in ours), key=lambda item: ranks.get(item.path.name, len(ranks))
    )
    for index, item in zip(ours, sorted_ours, strict=True):
        items[index] = item


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call() -> Iterator[None]:
    """What cannot be read of the spec is a failure that names the place, and no traceback."""
    from spec.contract.spec import SpecError
    from spec.contract.verdict import fail

    try:
        return (yield)
    except SpecError as error:
        fail(str(error))


@pytest.fixture(scope="session")
def no_home(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tmp_path_factory.mktemp("home"))


@pytest.fixture(autouse=True)
def nothing_from_outside(monkeypatch: pytest.MonkeyPatch, no_home: str) -> None:
    """As for all tests, but with one empty home for all: the contract tests are many and short."""
    for name in ("PAPERSPACE_API_KEY", "PAPERSPACE_API_URL"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("HOME", no_home)


@pytest.fixture(scope="session")
def call() -> Iterator[Caller]:
    """Calls generated functions."""
    from spec.contract.calling import Caller

    caller = Caller()
    yield caller
    caller.close()
