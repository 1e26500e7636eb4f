"""A key that cannot be used is refused without being shown, wherever it came from."""

from __future__ import annotations

import logging
import traceback
from pathlib import Path
from typing import Any

import pytest
from client.secrecy.planted import KEYS, assert_hidden, assert_hidden_in_error, assert_hidden_in_log
from support.driving import Driver

from paperspace_projects import ConfigurationError, InvalidArgumentError

GOOD = KEYS["plain"]
BAD_KEYS: dict[str, Any] = {
    "a line break": f"{GOOD}\n{GOOD}",
    "a line break at the end": f"{GOOD}\n",
    "a carriage return": f"{GOOD}\r",
    "a space": f"{GOOD} {GOOD}",
    "a space before": f" {GOOD}",
    "a tab": f"{GOOD}\t",
    "a letter beyond ASCII": f"{GOOD}ö",
    "a control character": f"{GOOD}\x7f",
    "a lone surrogate": f"{GOOD}\ud800",
    "bytes": GOOD.encode(),
    "a list": [GOOD],
    "a NUL": f"{GOOD}\0",
}


def refused(drive: Driver, caplog: pytest.LogCaptureFixture, **options: Any) -> Any:
    """The error that making a client ends in, searched."""
    caplog.set_level(logging.DEBUG)
    options.setdefault("api_key", None)
    with pytest.raises((ConfigurationError, InvalidArgumentError)) as caught:
        drive.client(**options)
    assert_hidden_in_error(caught.value)
    assert_hidden_in_log(caplog)
    return caught.value


@pytest.mark.parametrize("bad", BAD_KEYS)
def test_a_bad_key_as_an_argument(
    drive: Driver, caplog: pytest.LogCaptureFixture, bad: str
) -> None:
    error = refused(drive, caplog, api_key=BAD_KEYS[bad])
    assert "api_key" in str(error)


@pytest.mark.parametrize(
    "bad", [each for each in BAD_KEYS if isinstance(BAD_KEYS[each], str) and each != "a NUL"]
)
def test_a_bad_key_in_the_environment(
    drive: Driver, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, bad: str
) -> None:
    text = BAD_KEYS[bad]
    if bad == "a lone surrogate":  # what a byte beyond UTF-8 becomes
        text = f"{GOOD}\udcff"
    monkeypatch.setenv("PAPERSPACE_API_KEY", text)
    assert "PAPERSPACE_API_KEY" in str(refused(drive, caplog))


FILES: dict[str, bytes] = {
    "no TOML": f'version = 1\n[keys]\nmain = "{GOOD}\n'.encode(),
    "the key without quotes": f"version = 1\n[keys]\nmain = {GOOD}\n".encode(),
    "the key alone": GOOD.encode(),
    "a table twice": f'[keys]\nmain = "{GOOD}"\n[keys]\n'.encode(),
    "a key twice": f'[keys]\nmain = "{GOOD}"\nmain = "{GOOD}"\n'.encode(),
    "not UTF-8": f'version = 1\n[keys]\nmain = "{GOOD}\xff"\n'.encode("latin-1"),
    "another version": f'version = 2\n[keys]\nmain = "{GOOD}"\n'.encode(),
    "keys that are no table": f'version = 1\nkeys = "{GOOD}"\n'.encode(),
    "keys that are a list": f'version = 1\nkeys = ["{GOOD}"]\n'.encode(),
    "a list of tables": f'version = 1\n[[keys]]\nmain = "{GOOD}"\n'.encode(),
    "a key that is a list": f'version = 1\n[keys]\nmain = ["{GOOD}"]\n'.encode(),
    "a key that is a table": f'version = 1\n[keys.main]\nkey = "{GOOD}"\n'.encode(),
    "a key with a space": f'version = 1\n[keys]\nmain = "{GOOD} "\n'.encode(),
    "a key with a line break": f'version = 1\n[keys]\nmain = "{GOOD}\\n"\n'.encode(),
    "two keys": f'version = 1\n[keys]\na = "{GOOD}1"\nb = "{GOOD}2"\n'.encode(),
    "no key at all": f'version = 1\nmain = "{GOOD}"\n'.encode(),
}


@pytest.mark.parametrize("file", FILES)
def test_a_credentials_file_that_cannot_be_used(
    drive: Driver, caplog: pytest.LogCaptureFixture, tmp_path: Path, file: str
) -> None:
    (tmp_path / ".paperspace").mkdir()
    (tmp_path / ".paperspace" / "credentials.toml").write_bytes(FILES[file])
    error = refused(drive, caplog)
    assert "credentials.toml" in str(error)


@pytest.mark.parametrize("file", ["two keys", "another version", "a key with a space"])
def test_a_team_whose_key_cannot_be_used(
    drive: Driver, caplog: pytest.LogCaptureFixture, tmp_path: Path, file: str
) -> None:
    (tmp_path / ".paperspace").mkdir()
    (tmp_path / ".paperspace" / "credentials.toml").write_bytes(FILES[file])
    refused(drive, caplog, team="elsewhere" if file == "two keys" else "main")


@pytest.mark.parametrize(
    "options",
    [
        {"base_url": "http://example.com"},
        {"base_url": "nonsense"},
        {"base_url": 5},
        {"timeout": -1},
        {"deadline": "soon"},
        {"retry": None},
        {"team": "main"},
        {"http_client": "no client"},
        {"http_client": "no client", "transport": "no transport"},
    ],
    ids=repr,
)
def test_a_bad_argument_does_not_show_the_key_beside_it(
    drive: Driver, caplog: pytest.LogCaptureFixture, options: dict[str, Any]
) -> None:
    refused(drive, caplog, api_key=GOOD, **options)


def test_a_good_key_from_each_place_does_not_show(
    drive: Driver, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".paperspace").mkdir()
    path = tmp_path / ".paperspace" / "credentials.toml"
    path.write_text(f'version = 1\n[keys]\nmain = "{GOOD}"\n', encoding="utf-8")
    assert_hidden(drive.client(api_key=None))
    monkeypatch.setenv("PAPERSPACE_API_KEY", GOOD)
    assert_hidden(drive.client(api_key=None))
    assert_hidden(drive.client(api_key=GOOD))
    assert_hidden(drive.client(api_key=None, team="main"))


@pytest.mark.parametrize("options", [{"api_key": None}, {"api_key": "a b"}, {"timeout": -1}])
def test_the_traceback_of_a_client_that_was_not_made_can_be_shown_with_its_locals(
    drive: Driver, options: dict[str, Any]
) -> None:
    """As crash reporters, and pytest itself, show it: a half-made client must have a repr."""
    with pytest.raises((ConfigurationError, InvalidArgumentError)) as caught:
        drive.client(**options)
    report = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    assert "Client" in "".join(report.format())
