"""Between a client and an emulator: counts what is sent, and lets a test do something first."""

from __future__ import annotations

from collections.abc import Callable

import httpx

from paperspace_projects.testing import Emulator


class Between:
    """The emulator, as a transport's handler.

    `first` is called with each request; what it gives is answered in the emulator's place. A write
    that `first` makes itself is not counted: it is somebody else's.
    """

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.first: Callable[[httpx.Request], httpx.Response | None] = lambda _: None
        self.lines: list[str] = []

    @property
    def writes(self) -> list[str]:
        """The requests that write, as `METHOD path`."""
        return [line for line in self.lines if not line.startswith("GET")]

    def __call__(self, request: httpx.Request) -> httpx.Response:
        answer = self.first(request)
        self.lines.append(f"{request.method} {request.url.path.removeprefix('/v1')}")
        return self.emulator.handle(request) if answer is None else answer
