"""The session of the README runs as it stands."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from cli.shell import VALUE, Shell

from paperspace_projects import ProjectSnapshot

ROOT = Path(__file__).resolve().parents[2]
SESSION = "\n".join(
    line.removeprefix("$ ")
    for block in re.findall(
        r"^```console\n(.*?)^```$", (ROOT / "README.md").read_text(), re.M | re.S
    )
    for line in block.splitlines()
)


def test_the_session_of_the_readme_runs(shell_of_its_own: Shell) -> None:
    shell = shell_of_its_own
    (shell.folder / "token.txt").write_text(VALUE)
    assert SESSION.startswith("paperspace-projects doctor\n")
    program = f"export PATH={Path(sys.executable).parent}:$PATH\nset -e\n{SESSION}"
    assert '"name": "vision"' in shell.sh(program).out
    (vision,) = shell.client.inventory()
    assert isinstance(vision, ProjectSnapshot)
    assert set(vision.tags) == {"gpu", "prod"}
    assert [secret.name for secret in vision.secrets] == ["HF_TOKEN"]
