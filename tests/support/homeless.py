"""A process without a home directory: HOME is not set, and no list of users has its user."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping

from support.systems import needs

# Where the tests are not root's, a process cannot be another user's: then the list has no users.
_BECOME_UNKNOWN = """\
import os, pwd
try:
    os.setreuid({uid}, -1)
except PermissionError:
    def getpwuid(uid):
        raise KeyError(uid)
    pwd.getpwuid = getpwuid
"""


def run_homeless(
    program: str, *arguments: str, env: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run a Python program so. It can still read all files, as its effective user is the same."""
    needs("users")
    begin = _BECOME_UNKNOWN.format(uid=_unknown_user())
    return subprocess.run(
        [sys.executable, "-c", begin + program, *arguments],
        env={name: value for name, value in env.items() if name != "HOME"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def _unknown_user() -> int:
    import pwd  # Windows has none

    known = {each.pw_uid for each in pwd.getpwall()} | {os.getuid()}
    return next(uid for uid in range(54321, 2**16) if uid not in known)
