"""Small servers for one test: answers in order, requests kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import httpx

Answer = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


class Script:
    """Gives one answer after the other, the last one for ever; keeps the requests.

    An answer is a response, an exception to raise in the transport, or a function of the request.
    """

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        answer = self.answers[min(len(self.requests), len(self.answers) - 1)]
        self.requests.append(request)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, httpx.Response):
            # A copy: a response can be read only once.
            return httpx.Response(
                answer.status_code, headers=answer.headers.raw, content=answer.content
            )
        return answer(request)

    @property
    def lines(self) -> list[str]:
        """The requests as `METHOD path?query`."""
        return [f"{each.method} {each.url.raw_path.decode()}" for each in self.requests]


def json(data: Any, status: int = 200, **headers: str) -> httpx.Response:
    """A JSON answer."""
    return httpx.Response(
        status, json=data, headers={name.replace("_", "-"): v for name, v in headers.items()}
    )


def status(code: int, content: bytes = b"", **headers: str) -> httpx.Response:
    """An answer with nothing but a status, headers and perhaps some bytes."""
    return httpx.Response(
        code, content=content, headers={name.replace("_", "-"): v for name, v in headers.items()}
    )


def project(number: int = 1, **more: Any) -> dict[str, Any]:
    """A project as the contract has it."""
    return {"id": f"p{number}", "name": f"project {number}", **more}


def pages_of(items: Iterable[Any], size: int) -> Callable[[httpx.Request], httpx.Response]:
    """A server of one listing in pages, whose cursors are positions."""
    everything = list(items)

    def answer(request: httpx.Request) -> httpx.Response:
        start = int(request.url.params.get("after", 0))
        stop = start + int(request.url.params.get("limit", size))
        more = stop < len(everything)
        return json(
            {
                "items": everything[start:stop],
                "hasMore": more,
                "nextPage": str(stop) if more else None,
            }
        )

    return answer
