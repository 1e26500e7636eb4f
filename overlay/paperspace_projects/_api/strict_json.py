"""Reading JSON as strictly as a client should: no key twice, no number that is none.

A number beyond a float, such as 1e400, is kept as its text: infinity is no JSON, so that what holds
it could not be written down again.
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Callable
from typing import Final, NoReturn


class RepeatedKey(ValueError):
    """An object has a key twice: which of the values is meant?"""


def parse(text: str) -> object:
    """The JSON of a text, read by orjson where that is installed and the text leaves no doubt.

    Raises:
        ValueError: it is no JSON. The message says what is wrong and shows nothing of it.
        RecursionError: it is nested too deeply.
    """
    quick = _quick()
    if quick is not None and (read := quick(text)) is not None:
        return read
    try:
        return _STRICT.decode(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"no JSON (line {error.lineno}, column {error.colno})") from None
    except RepeatedKey:
        raise ValueError("JSON with a key that is there twice") from None
    except ValueError:
        raise ValueError("JSON with a number that is none or too long") from None


@functools.cache
def _quick() -> Callable[[str], object] | None:
    """Reads by orjson what it writes back to the same text; None where it is not installed.

    orjson takes the last of two keys and rounds long numbers without a word: neither is written
    back as it was.
    """
    try:
        import orjson
    except ImportError:
        return None

    def read(text: str) -> object:
        content = text.encode()
        try:
            data: object = orjson.loads(content)
            return data if orjson.dumps(data) == content else None
        except (orjson.JSONDecodeError, orjson.JSONEncodeError):
            return None  # the other way says why

    return read


def _refuse_constant(constant: str) -> NoReturn:
    raise ValueError(constant)


def _number(text: str) -> float | str:
    number = float(text)
    return number if math.isfinite(number) else text


def _without_repetition(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise RepeatedKey
    return made


_STRICT: Final = json.JSONDecoder(
    parse_float=_number, parse_constant=_refuse_constant, object_pairs_hook=_without_repetition
)
