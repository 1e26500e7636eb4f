"""Transcripts: what was asked and answered, as JSON Lines that can be given to anybody.

No header of a request is kept, and of an answer's only those named here. The key and the values of
secrets that were sent are taken out of whatever is kept, also where a server echoes them; a body
that is no JSON is not kept at all.
"""

import json
import os
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast

import httpx

import paperspace_projects._redaction as redaction
from paperspace_projects._hidden import Hidden, hide
from paperspace_projects.testing._http import Call
from paperspace_projects.testing._requests import SentRequest, sent_request, values_sent
from paperspace_projects.testing._transport import to_call

KEPT_HEADERS: Final = ("content-type", "retry-after", "x-request-id")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer.

    `error` is the name of httpx's exception where there was no answer: `status` is then None.
    `answer` is the JSON of the answer, `length` the bytes of its body, be it JSON or not.
    """

    request: SentRequest
    status: int | None
    headers: Mapping[str, str] = field(hash=False, default_factory=dict[str, str])
    answer: object = field(hash=False, default=None)
    length: int = 0
    error: str | None = None

    def to_json(self) -> str:
        """One line of a transcript."""
        sent, request = self.request.json, self.request
        line = {
            "method": request.method,
            "path": request.path,
            "query": request.query_string,
            "operation": request.operation,
            "sent": sent,
            "status": self.status,
            "headers": dict(self.headers),
            "answer": self.answer,
            "length": self.length,
            "error": self.error,
        }
        return json.dumps(line, ensure_ascii=False)

    @classmethod
    def from_json(cls, line: str) -> "Exchange":
        """What a line says.

        Raises:
            ValueError: it is no line of a transcript.
        """
        try:
            given = cast("dict[str, Any]", json.loads(line))
            sent = "" if given["sent"] is None else json.dumps(given["sent"])
            request = SentRequest(
                given["method"], given["path"], given["query"], given["operation"], sent
            )
            status, headers = given["status"], dict[str, str](given["headers"])
            if not (status is None or isinstance(status, int)):
                raise TypeError
            return cls(request, status, headers, given["answer"], given["length"], given["error"])
        except (KeyError, TypeError, ValueError):
            raise ValueError("not a line of a transcript") from None


def read_transcript(path: str | os.PathLike[str]) -> Iterator[Exchange]:
    """The exchanges of a transcript, in order.

    Raises:
        OSError: the file cannot be read.
        ValueError: a line is no line of a transcript; it is named.
    """
    with Path(path).open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                yield Exchange.from_json(line)
            except ValueError as error:
                raise ValueError(f"{path}:{number}: {error}") from None


class Transcript:
    """Writes exchanges to a file, each as it ends. It may be used from several threads."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """`path` is added to, and is made, for its owner alone, where there is none."""
        self._path = Path(path)
        self._lock = threading.Lock()
        self._hidden: set[Hidden] = set()
        self._path.touch(mode=0o600)

    def note(self, request: httpx.Request, outcome: httpx.Response | httpx.HTTPError) -> None:
        """Write down what became of a request; its body and that of the response are at hand."""
        call = to_call(request)
        with self._lock:
            self._hidden.update(hide(each) for each in (_key(call), *values_sent(call)) if each)
            hidden = tuple(self._hidden)
            exchange = _without(hidden, _exchange(sent_request(call), outcome))
            with self._path.open("a", encoding="utf-8") as file:
                file.write(exchange.to_json() + "\n")


def _key(call: Call) -> str:
    return call.authorization.partition(b" ")[2].decode("latin-1")


def _exchange(request: SentRequest, outcome: httpx.Response | httpx.HTTPError) -> Exchange:
    if isinstance(outcome, httpx.HTTPError):
        return Exchange(request, None, error=type(outcome).__name__)
    headers = {name: outcome.headers[name] for name in KEPT_HEADERS if name in outcome.headers}
    try:
        answer: object = json.loads(outcome.content)
    except (ValueError, RecursionError):
        answer = None
    return Exchange(request, outcome.status_code, headers, answer, len(outcome.content))


def _without(hidden: tuple[Hidden, ...], exchange: Exchange) -> Exchange:
    """The exchange without hidden values, wherever they are and however they are escaped."""

    def clean(text: str) -> str:
        return redaction.redact(text, hidden)

    sent = exchange.request
    return Exchange(
        SentRequest(
            sent.method,
            clean(sent.path),
            clean(sent.query_string),
            sent.operation,
            clean(sent.body),
        ),
        exchange.status,
        {name: clean(value) for name, value in exchange.headers.items()},
        redaction.redact_json(exchange.answer, hidden),
        exchange.length,
        exchange.error,
    )
