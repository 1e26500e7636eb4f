"""`nox -s update_spec -- PATH_OR_URL`: replace the spec, or refuse the candidate.

With --check, only say in three lines whether it is worth a look. With --live, only compare a
document of the vendor's with the contract and the overlay of the live dialect. Exit code 0: done;
the report lists what to follow up by hand. 1: with --check, the change is breaking; with --live,
something differs. 2: refused or failed; the tree has not changed, unless --keep.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from ..codegen.provenance import PACKAGE, ROOT, sha256
from ..live_document.document import OVERLAY, actions, live_document, load
from ..live_document.openapi_30 import as_30
from ..release.changelog import version_of
from . import candidate, changes, findings, live_comparison, mentions, overlay_fit, report, surface
from .progress import Progress
from .pull_request import verdict

DONE, BREAKING, REFUSED = 0, 1, 2
REPORT = "spec-change.md"
DERIVED = ("_api/api_modules.py", "dialects/shapes.json")
RESULTS = (
    *("openapi.yaml", f"generated/{PACKAGE}", REPORT),
    *(f"overlay/paperspace_projects/{name}" for name in DERIVED),
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="nox -s update_spec --", description=__doc__)
    parser.add_argument("source", metavar="PATH_OR_URL", help="the candidate: a file or https URL")
    parser.add_argument("--check", action="store_true", help="only rate the change, in three lines")
    parser.add_argument("--verbose", action="store_true", help="with --check, list all changes")
    parser.add_argument("--keep", action="store_true", help="keep the results of a failed update")
    parser.add_argument("--live", action="store_true", help="only compare it with the live dialect")
    parser.add_argument("--redocly", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    try:
        if options.live:
            return compare_live(options.source)
        progress = Progress(4, shown=not options.check)
        with progress.step("Read the candidate, and check that it is valid"):
            content = candidate.read(options.source)
            document = candidate.parse(content)
            old = (ROOT / "openapi.yaml").read_bytes()
        if content == old:
            print("The candidate equals openapi.yaml: nothing to do.")
            return DONE
        with progress.step("Compare it with openapi.yaml, and with the live dialect"):
            contract = candidate.parse(old)
            found = changes.compare(options.redocly, contract, document)
            fit = overlay_fit.judge(as_30(contract), as_30(document), actions(load(OVERLAY)))
        print(verdict(changes.rows(found), len(fit), version_of(ROOT)), flush=True)
        if options.check:
            if options.verbose:
                print(f"\n{report.changes_table(found)}\n\n{report.fit_table(fit)}")
            return BREAKING if changes.worst(found) == "breaking" else DONE
        with copy_of(ROOT) as tree:
            try:
                update = carry_out(tree, content, found, fit, progress)
            except Exception:
                if options.keep:
                    move_over(tree)
                    print("--keep: the results so far are in the tree.")
                raise
            move_over(tree, update.fragment)
    except candidate.Refused as refusal:
        print(f"Refused: {refusal}")
        return REFUSED
    except (RuntimeError, OSError, subprocess.SubprocessError) as error:
        print(f"Failed: {error}")
        return REFUSED
    print("\n" + (ROOT / REPORT).read_text(encoding="utf-8"))
    left = len(update.findings) + len(update.mentions)
    print(f"Done; {left or 'nothing'} to follow up by hand. {REPORT} is the pull request's text.")
    return DONE


def compare_live(source: str) -> int:
    """Print how a document of the vendor's differs from the contract with the overlay applied."""
    theirs = candidate.load(candidate.read(source))
    try:
        found = live_comparison.compare(live_document(), theirs)
    except (LookupError, TypeError, AttributeError) as error:
        problem = f"{type(error).__name__}: {error}"
        raise candidate.Refused(f"it cannot be read as OpenAPI 3: {problem}") from None
    print(report.comparison(found))
    return BREAKING if found.differences else DONE


@contextmanager
def copy_of(root: Path) -> Iterator[Path]:
    """A temporary copy of the files that git tracks or would add."""
    with tempfile.TemporaryDirectory(prefix="spec-update-") as temporary:
        tree = Path(temporary) / "tree"
        for name in files_of(root):
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, tree / name)
        yield tree


def files_of(root: Path) -> list[str]:
    """The names of the files that git tracks or would add."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, check=True, capture_output=True, cwd=root).stdout
    names = filter(None, os.fsdecode(listed).split("\0"))
    return [name for name in names if (root / name).is_file()]


def carry_out(
    tree: Path,
    content: bytes,
    found: list[changes.Change],
    fit: list[overlay_fit.Verdict],
    progress: Progress,
) -> report.Update:
    """Replace the spec in a copy of the tree, regenerate, check, and write the report there."""
    old = (tree / "openapi.yaml").read_bytes()
    (tree / "openapi.yaml").write_bytes(content)
    with progress.step("Regenerate, in a copy of the tree"):
        regenerate(tree)
    with progress.step("Check what no longer fits, all at once"):
        found_by_hand = findings.collect(tree, progress.done)
    update = report.Update(
        old_version=version_in(old),
        new_version=version_in(content),
        old_digest=sha256(old),
        new_digest=sha256(content),
        changes=found,
        overlay=fit,
        surface=surface.compare(ROOT / "generated", tree / "generated"),
        findings=found_by_hand,
        mentions=mentions.mentions(
            as_30(candidate.load(old)),
            as_30(candidate.load(content)),
            mentions.files(ROOT, files_of(ROOT)),
        ),
    )
    (tree / REPORT).write_text(report.markdown(update, version_of(tree)), encoding="utf-8")
    (tree / update.fragment).write_text(report.entry(update), encoding="utf-8")
    return update


def version_in(content: bytes) -> str:
    """The version that a document gives itself."""
    return str(candidate.load(content)["info"]["version"])


def regenerate(tree: Path) -> None:
    """Run two generators at once on a tree; `Refused` with the words of the first if it fails."""

    def run(module: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", f"scripts.codegen.{module}"]
        return subprocess.run(command, check=False, capture_output=True, text=True, cwd=tree)

    with ThreadPoolExecutor() as pool:
        # Where the overlay of the live dialect no longer fits, the shapes stay until it is mended.
        done, _ = pool.map(run, ("generate", "dialect_shapes"))
    if done.returncode != 0:
        said = " ".join(done.stderr.split("Traceback")[0].split())
        raise candidate.Refused(f"the generator cannot take it: {said}")


def move_over(tree: Path, *more: str) -> None:
    """Move the results, and more files, from the copy to the tree."""
    for name in (*RESULTS, *more):
        source, target = tree / name, ROOT / name
        if source.is_dir():
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.is_file():
            shutil.copyfile(source, target)


if __name__ == "__main__":
    sys.exit(main())
