"""Writes files that are made from others, or with --check says which of them differ."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from pathlib import Path

from .provenance import ROOT


def is_check(description: str | None) -> bool:
    """Read the command line of a program that writes files; returns whether to only check them."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--check", action="store_true", help="change nothing; fail on a difference")
    check: bool = parser.parse_args().check
    return check


def put(wanted: Mapping[Path, bytes], there: Iterable[Path] = (), *, check: bool) -> int:
    """Write the files that differ and remove those that are not wanted; returns the exit code.

    Args:
        wanted: The contents of the files, by path.
        there: The files that exist where only wanted ones may.
        check: Print the differences only, and return 1 if there are any.
    """
    extra = {*there} - wanted.keys()
    changed = {p for p, text in wanted.items() if not p.is_file() or p.read_bytes() != text}
    for path in sorted(extra | changed):
        states = ("not generated", "removed") if path in extra else ("differs", "written")
        print(f"{path.relative_to(ROOT)}: {states[not check]}")
        if check:
            continue
        if path in extra:
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(wanted[path])
    if check and (extra or changed):
        print("The tree differs from what its sources give: run `nox -s generate`.")
        return 1
    return 0
