"""Changes to a case: to its operation, status, headers and body, each of some kind drawn by lot."""

from __future__ import annotations

import gzip
import random
import zlib
from collections.abc import Callable, Sequence

import attrs

from . import json_level
from .case import OPERATIONS, Case

STATUSES = (
    *(
        200,
        200,
        200,
        200,
        200,
        200,
        200,
        200,
        200,
        200,
        200,
        201,
        202,
        204,
        205,
        206,
        299,
        300,
        301,
        302,
        304,
        307,
        308,
        399,
        400,
        401,
    ),
    *(403, 404, 404, 408, 409, 412, 413, 418, 422, 425, 429, 429, 499, 500, 502, 503, 504, 599),
    *(100, 600, 999),
)
HEADERS: dict[str, tuple[str, ...]] = {
    "content-type": (
        *("application/json", "application/json; charset=utf-16", "text/html", "TEXT/HTML; x", ""),
        *("text/plain", "application/problem+json", "html", "\xff"),
    ),
    "retry-after": (
        *("0", "1", "120", "-1", "1e3", "1e999", "nan", "inf", "0x10", "1_0", "9" * 400, "٣"),
        *("Wed, 18 Mar 2026 09:30:00 GMT", "Wed, 99 Mar 2026 09:30:00 GMT", "18 Mar 26", "", ","),
        *("Wednesday, 18-Mar-26 09:30:00 GMT", "Wed Mar 18 09:30:00 2026", "1 Jan 0 0:0 +9999"),
        "Fri, 31 Dec 9999 23:59:59 -2359",
    ),
    "date": (
        *("Wed, 18 Mar 2026 09:29:00 GMT", "Mon, 01 Jan 0001 00:00:00 +2300", "", "x", "0 0 0 0"),
        "Wed, 18 Mar 99999999999999999999 09:29:00 GMT",
    ),
    "location": (
        *("https://elsewhere.example/x", "http://[", "//", "", "http://[::1", "\xff://\xfe"),
        *(
            "https://user:pw@h/?q",
            "http://h:99999999/",
            "http://xn--/",
            "/relative",
            "http://\u00df",
        ),
    ),
    "x-request-id": ("r-1", "", "x" * 5_000, "\x80\xff", "%00", "a\tb"),
    "content-encoding": ("gzip", "deflate", "br", "gzip, gzip", "identity", "", "x-gzip"),
    "content-length": ("0", "5", "-1", "99999999999999999999999", "x", "²"),
}

_ENCODINGS = (
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-32",
    "utf-8-sig",
    "latin-1",
    "utf-7",
    "cp037",
)
_DEPTHS = (10, 150, 330, 490, 900, 995, 1_500)
_PIECES = (
    *(b"\xef\xbb\xbf", b"\xff\xfe", b"\x00", b"\xff", b"\xed\xa0\x80", b"\xe2\x82", b"\xc0\x80"),
    *(b"NaN", b"-Infinity", b"1e999", b"-0", b"9" * 4_301, b"1E+400", b"00", b"\\", b"\\u", b'"'),
    *(b"\\ud800", b"\\udc00", b"{", b"}", b"[", b"]", b",", b":", b"{}", b" " * 500, b"\x0b"),
    *(b"<!doctype html>", b"<script>", b"</script>", b"<", b"<!--", b"&#x0", b"null", b"\\" * 800),
)


def mutated(case: Case, lots: random.Random, pool: Sequence[Case]) -> Case:
    """A case, or at times one of the pool, with a change or a few.

    `pool` is where pieces of other cases are taken from as well: cases that are well read.
    """
    if lots.random() < 0.4:  # else all drift into what cannot be read at all
        case = lots.choice(pool)
    for _ in range(lots.choice((1, 1, 1, 2, 2, 3, 5))):
        draw = lots.random()
        if draw < 0.06:
            case = attrs.evolve(case, operation=lots.choice(OPERATIONS))
        elif draw < 0.16:
            status = lots.choice(STATUSES) if lots.random() < 0.95 else lots.randrange(100, 1_000)
            case = attrs.evolve(case, status=status)
        elif draw < 0.28:
            case = attrs.evolve(case, headers=_other_headers(case.headers, lots))
        else:
            case = attrs.evolve(case, content=_other_content(case.content, lots, pool))
    if lots.random() < 0.03:
        case = _compressed(case, lots)
    return case


def _other_headers(
    headers: tuple[tuple[str, str], ...], lots: random.Random
) -> tuple[tuple[str, str], ...]:
    if headers and lots.random() < 0.3:
        gone = lots.randrange(len(headers))
        return headers[:gone] + headers[gone + 1 :]
    name = lots.choice(list(HEADERS))
    value = lots.choice(HEADERS[name])
    draw = lots.random()
    if draw < 0.1:
        echoed = json_level.echo(lots).encode("utf-8", "replace").decode("latin-1")
        value = lots.choice(("", "https://")) + "".join(c for c in echoed if c >= " " or c == "\t")
    elif draw < 0.3 and value:
        at = lots.randrange(len(value))
        value = value[:at] + chr(lots.randrange(32, 255)) + value[at + lots.randrange(2) :]
    value = value.encode("utf-8").decode("latin-1") if any(c > "\xff" for c in value) else value
    kept = tuple(each for each in headers if each[0] != name or lots.random() < 0.1)
    return (*kept, (name, value.replace("\x7f", "")))


def _other_content(content: bytes, lots: random.Random, pool: Sequence[Case]) -> bytes:
    if lots.random() < 0.6:
        text = json_level.changed(content.decode("utf-8", "replace"), lots)
        if text is not None:
            return text.encode("utf-8", "surrogatepass")
    if lots.random() < 0.12:
        return lots.choice(pool).content
    return lots.choice(_BYTE_CHANGES)(content, lots, pool)


def _flip(content: bytes, lots: random.Random, _: Sequence[Case]) -> bytes:
    if not content:
        return b"\x00"
    at = lots.randrange(len(content))
    return content[:at] + bytes([content[at] ^ (1 << lots.randrange(8))]) + content[at + 1 :]


def _put_piece(content: bytes, lots: random.Random, _: Sequence[Case]) -> bytes:
    at = lots.choice((0, len(content), lots.randrange(len(content) + 1)))
    return content[:at] + lots.choice(_PIECES) + content[at:]


def _put_echo(content: bytes, lots: random.Random, _: Sequence[Case]) -> bytes:
    at = lots.randrange(len(content) + 1)
    return content[:at] + json_level.echo(lots).encode("utf-8", "replace") + content[at:]


def _truncate(content: bytes, lots: random.Random, _: Sequence[Case]) -> bytes:
    return content[: lots.randrange(len(content) + 1)]


def _cut_out(content: bytes, lots: random.Random, _: Sequence[Case]) -> bytes:
    start, stop = sorted(lots.randrange(len(content) + 1) for _ in range(2))
    return content[:start] + content[stop:]


def _double(content: bytes, lots: random.Random, _: Sequence[Case]) -> bytes:
    start, stop = sorted(lots.randrange(len(content) + 1) for _ in range(2))
    times = lots.choice((2, 2, 3, 50)) if len(content) < 20_000 else 1
    return content[:start] + content[start:stop] * times + content[stop:]


def _splice(content: bytes, lots: random.Random, pool: Sequence[Case]) -> bytes:
    other = lots.choice(pool).content
    return content[: lots.randrange(len(content) + 1)] + other[lots.randrange(len(other) + 1) :]


def _in_another_encoding(content: bytes, lots: random.Random, _: Sequence[Case]) -> bytes:
    return content.decode("utf-8", "replace").encode(lots.choice(_ENCODINGS), "replace")


def _deep(content: bytes, lots: random.Random, _: Sequence[Case]) -> bytes:
    opening, closing = lots.choice(((b"[", b"]"), (b'{"a":', b"}"), (b'{"items":[', b"]}")))
    # Very deep ones are large, and few are needed.
    depth = lots.choice(_DEPTHS) if lots.random() < 0.98 else 100_000
    return opening * depth + (content or b"1") + closing * depth * lots.choice((1, 1, 0))


_BYTE_CHANGES: tuple[Callable[[bytes, random.Random, Sequence[Case]], bytes], ...] = (
    *(_flip, _flip, _put_piece, _put_piece, _put_piece, _put_echo, _truncate, _cut_out, _double),
    *(_splice, _in_another_encoding, _deep),
)


def _compressed(case: Case, lots: random.Random) -> Case:
    pack = lots.choice((gzip.compress, zlib.compress, lambda data: zlib.compress(data)[2:-4]))
    content = pack(case.content)
    if lots.random() < 0.3:
        content = content[: lots.randrange(len(content) + 1)]
    encoding = "gzip" if pack is gzip.compress else "deflate"
    if lots.random() < 0.8:
        kept = tuple(each for each in case.headers if each[0] != "content-encoding")
        case = attrs.evolve(case, headers=(*kept, ("content-encoding", encoding)))
    return attrs.evolve(case, content=content)
