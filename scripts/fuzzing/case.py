"""One response to one operation, as a file that a person can read and edit.

The first line has the operation and the status; header lines, an empty line and the raw body
follow. Any bytes are a valid case, so that a fuzzer may change them freely.
"""

from __future__ import annotations

import re
import zlib
from pathlib import Path

import msgspec

from .targets import TARGETS

OPERATIONS = tuple(TARGETS)
_NAME = re.compile(r"[a-z0-9-]+")
_NOT_IN_A_HEADER = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_MAX_HEADERS = 20


class Case(msgspec.Struct, frozen=True):
    """A response: the operation, its status, its headers (lower case, latin-1) and its body."""

    operation: str
    status: int
    headers: tuple[tuple[str, str], ...]
    content: bytes

    def to_bytes(self) -> bytes:
        """The case as a file."""
        lines = [f"{self.operation} {self.status}", *(": ".join(each) for each in self.headers)]
        return "\n".join([*lines, "", ""]).encode("latin-1", "replace") + self.content

    @classmethod
    def from_bytes(cls, data: bytes) -> Case:
        """Read a file; invalid header lines are ignored."""
        head, _, content = data.partition(b"\n\n")
        first, *lines = head.decode("latin-1").split("\n")
        word, _, status = first.partition(" ")
        headers = []
        for line in lines[:_MAX_HEADERS]:
            name, _, value = line.partition(":")
            name = name.strip().lower()
            if _NAME.fullmatch(name):
                headers.append((name, _NOT_IN_A_HEADER.sub("", value).strip()))
        is_known = word in OPERATIONS
        is_status = status.isascii() and status.isdigit() and len(status) == 3 and status >= "100"
        return cls(
            word if is_known else OPERATIONS[zlib.crc32(data[:64]) % len(OPERATIONS)],
            int(status) if is_status else 200,
            tuple(headers),
            content,
        )


def corpus(folder: Path) -> dict[str, bytes]:
    """The files of a corpus, by name."""
    return {path.stem: path.read_bytes() for path in sorted(folder.glob("*.answer"))}
