"""`python -m scripts.fuzzing`: fuzz the decoder for a while. Exit code 1: something was found.

atheris (libFuzzer) chooses by coverage what to change. The code under test must be imported through
it, so nothing here imports that code at the top.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
from pathlib import Path

import atheris

CORPUS = Path(__file__).resolve().parents[2] / "tests" / "unit" / "decoding" / "corpus"
UNDER_TEST = ("paperspace_projects", "paperspace_projects_api", "dateutil")
LARGEST = 500_000
"""Bytes of a case."""


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="nox -s fuzz --", description=__doc__)
    parser.add_argument("--seconds", type=float, default=300.0, help="how long (300)")
    parser.add_argument("--seed", type=int, default=1, help="of the random changes (1)")
    parser.add_argument("--corpus", type=Path, default=CORPUS, help="where responses are kept")
    return parser.parse_args()


def main() -> None:
    """Fuzz until the time is over; libFuzzer ends the process."""
    options = arguments()
    with atheris.instrument_imports(include=list(UNDER_TEST)):
        import dateutil.parser  # noqa: F401

        from . import targets  # noqa: F401
    from .case import Case
    from .mutate import mutated_json
    from .run import Run
    from .seeds import seeds, tokens

    run, start = Run(options.corpus, options.seconds), seeds(options.corpus)
    successes = [each.to_bytes() for each in start if each.status < 300 and len(each.content) > 40]
    print(f"{len(start)} seeds; {options.seconds:g} s, seed {options.seed}", flush=True)

    def execute(data: bytes) -> None:
        if run.is_over:
            code = run.report()
            sys.stdout.flush()
            os._exit(code)  # libFuzzer has no other end than a crash
        run.execute(Case.from_bytes(data))

    def mutate(data: bytes, max_size: int, seed: int) -> bytes:
        draw = random.Random(seed)
        if draw.random() < 0.4:  # or all cases drift into what cannot be read at all
            data = draw.choice(successes)
        head, gap, body = data.partition(b"\n\n")
        changed = mutated_json(body, draw) if draw.random() < 0.6 else None
        if changed is None:
            return bytes(atheris.Mutate(data, max_size))
        return (head + gap + changed)[:max_size]

    with tempfile.TemporaryDirectory() as folder:
        for number, case in enumerate(start):
            Path(folder, f"{number:04}").write_bytes(case.to_bytes())
        with tempfile.NamedTemporaryFile("w", suffix=".dict") as dictionary:
            for token in tokens():
                escaped = "".join(f"\\x{byte:02x}" for byte in token)
                dictionary.write(f'"{escaped}"\n')
            dictionary.flush()
            flags = [f"-seed={options.seed}", f"-dict={dictionary.name}", f"-max_len={LARGEST}"]
            flags += ["-len_control=0", "-rss_limit_mb=0", "-verbosity=0"]
            # What crashes the process, or keeps it waiting, is kept by libFuzzer.
            flags += ["-timeout=120", f"-artifact_prefix={options.corpus}/"]
            atheris.Setup([sys.argv[0], *flags, folder], execute, custom_mutator=mutate)
            atheris.Fuzz()
    raise RuntimeError("libFuzzer ended before its time")


if __name__ == "__main__":
    main()
