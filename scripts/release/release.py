"""Make a release in this tree: the changelog, the commit and the tag. Nothing is pushed.

`nox -s release` runs it on a clone first, and builds there what the tag would publish.
"""

from __future__ import annotations

import subprocess
import sys

from .changelog import CHANGELOG, FRAGMENTS, ROOT, build, draft, version_of


def main() -> None:
    version = version_of(ROOT)
    tag = f"v{version}"
    if git("status", "--porcelain"):
        sys.exit("The tree has changes that are not committed: commit or remove them first.")
    if git("tag", "--list", tag):
        sys.exit(f"The tag {tag} exists: raise the version in _version.py, and commit it.")
    print(f"version    {version}, at {git('log', '-1', '--format=%h: %s')}")
    print(f"changelog  {FRAGMENTS} moves to {CHANGELOG}:\n\n{draft(version)}")
    build(version)
    git("add", "--all", CHANGELOG, FRAGMENTS)
    git("commit", "--quiet", "--message", f"Release {version}")
    git("tag", "--annotate", "--message", f"Release {version}", tag)
    print(f"\ncommit     {git('log', '-1', '--format=%h: %s')}")
    print(git("show", "--stat=100", "--format=", "--diff-filter=MA"))
    print(f"tag        {tag}", flush=True)


def git(*command: str) -> str:
    done = subprocess.run(["git", *command], check=False, capture_output=True, text=True, cwd=ROOT)
    if done.returncode:
        sys.exit(f"git {command[0]} failed: {done.stderr.strip()}")
    return done.stdout.strip()


if __name__ == "__main__":
    main()
