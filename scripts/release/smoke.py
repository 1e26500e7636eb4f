"""Import an installed wheel and make calls with nothing but its required dependencies."""

from __future__ import annotations

import contextlib
import io

import httpx

import paperspace_projects
from paperspace_projects import Client, cli
from paperspace_projects.testing import Emulator


def main() -> None:
    for name in dir(paperspace_projects):
        getattr(paperspace_projects, name)
    for dialect in ("contract", "live"):
        with Emulator(dialect=dialect) as emulator:
            transport: httpx.BaseTransport = emulator.transport()
            with Client(api_key=emulator.api_key, transport=transport) as client:
                project = client.projects.create("smoke")
                assert client.projects.find("smoke") == project
    with contextlib.redirect_stderr(io.StringIO()) as output:
        code = cli.main(["--version"])
    assert (code, output.getvalue().count("\n")) == (1, 1), output.getvalue()
    assert 'pip install ".[cli]" in a clone' in output.getvalue()
    version, place = paperspace_projects.__version__, paperspace_projects.__file__
    print(f"paperspace-projects {version} works from {place}")


if __name__ == "__main__":
    main()
