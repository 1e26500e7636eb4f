"""`python -m scripts.fuzzing`: fuzz the decoder for a while. It fails if it finds something.

atheris (libFuzzer) mutates by coverage. It must import the code under test, so nothing here imports
that code at the top.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
import tempfile
from pathlib import Path

import atheris

CORPUS = Path(__file__).resolve().parents[2] / "tests" / "unit" / "decoding" / "corpus"
UNDER_TEST = ("paperspace_projects", "paperspace_projects_api", "dateutil")
LARGEST = 500_000
"""Bytes of a case."""


def main() -> None:
    """Fuzz until there is a finding or the time is over; libFuzzer ends the process."""
    parser = argparse.ArgumentParser(prog="nox -s fuzz --", description=__doc__)
    parser.add_argument("--seconds", type=int, default=300, help="how long (300)")
    parser.add_argument("--seed", type=int, default=1, help="of the random changes (1)")
    parser.add_argument("--corpus", type=Path, default=CORPUS, help="where responses are kept")
    options = parser.parse_args()
    with atheris.instrument_imports(include=list(UNDER_TEST)):
        import dateutil.parser  # noqa: F401

        from . import targets  # noqa: F401
    from .case import Case
    from .harness import examine
    from .mutate import mutated_json
    from .seeds import seeds, tokens

    start = seeds(options.corpus)
    successes = [each.to_bytes() for each in start if each.status < 300 and len(each.content) > 40]
    print(f"{len(start)} seeds; {options.seconds} s, seed {options.seed}", flush=True)

    def execute(data: bytes) -> None:
        case = Case.from_bytes(data)
        for finding in examine(case).findings:
            digest = hashlib.sha256(data).hexdigest()[:12]
            path = options.corpus / f"found-{digest}.answer"
            path.write_bytes(case.to_bytes())
            raise AssertionError(f"{finding.kind}, kept in {path}\n{finding.report}")

    def mutate(data: bytes, max_size: int, seed: int) -> bytes:
        draw = random.Random(seed)
        if draw.random() < 0.4:  # or most cases become unreadable
            data = draw.choice(successes)
        head, gap, body = data.partition(b"\n\n")
        changed = mutated_json(body, draw) if draw.random() < 0.6 else None
        if changed is None:
            return bytes(atheris.Mutate(data, max_size))
        return (head + gap + changed)[:max_size]

    with tempfile.TemporaryDirectory() as temporary:
        folder, dictionary = Path(temporary, "seeds"), Path(temporary, "dictionary")
        folder.mkdir()
        for number, case in enumerate(start):
            (folder / f"{number:04}").write_bytes(case.to_bytes())
        escaped = ("".join(f"\\x{byte:02x}" for byte in token) for token in tokens())
        dictionary.write_text("".join(f'"{token}"\n' for token in escaped))
        flags = [f"-seed={options.seed}", f"-dict={dictionary}", f"-max_len={LARGEST}"]
        flags += [f"-max_total_time={options.seconds}", "-artifact_prefix=/tmp/fuzz-"]
        flags += ["-len_control=0", "-timeout=120", "-rss_limit_mb=0", "-print_final_stats=1"]
        arguments = [sys.argv[0], *flags, "-verbosity=0", str(folder)]
        atheris.Setup(arguments, execute, custom_mutator=mutate)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
