"""The session of the README runs as it stands."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from cli.shell import VALUE, Shell

ROOT = Path(__file__).resolve().parents[2]
SESSION = "\n".join(
    line.removeprefix("$ ")
    for block in re.findall(
        r"^```console\n(.*?)^```$", (ROOT / "README.md").read_text(), re.M | re.S
    )
    for line in block.splitlines()
)


def test_the_session_of_the_readme_runs(shell: Shell) -> None:
    (shell.folder / "token.txt").write_text(VALUE)
    assert SESSION.startswith("paperspace-projects doctor\n")
    program = f"export PATH={Path(sys.executable).parent}:$PATH\nset -e\n{SESSION}"
    assert '"name": "vision"' in shell.sh(program).out
    vision = shell.client.projects.find("vision")
    assert vision is not None
    assert set(shell.client.project(vision.id).tags.list()) == {"gpu", "prod"}
    shell.client.projects.delete(vision.id)
