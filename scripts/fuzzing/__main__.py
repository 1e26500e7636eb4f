"""`python -m scripts.fuzzing`: fuzz the reader for a while. Exit code 1: something was found.

With atheris installed (`nox -s fuzz` does so) coverage guides it; without, it goes by luck.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from . import engines

CORPUS = Path(__file__).resolve().parents[2] / "tests" / "unit" / "decoding" / "corpus"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="nox -s fuzz --", description=__doc__)
    parser.add_argument("--seconds", type=float, default=300.0, help="how long (300)")
    parser.add_argument("--seed", type=int, default=1, help="what the lots are drawn with (1)")
    parser.add_argument("--corpus", type=Path, default=CORPUS, help="where answers are kept")
    parser.add_argument("--unguided", action="store_true", help="by luck, even with atheris")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    engine = None if options.unguided else engines.atheris()

    from .seeds import seeds  # after the engine, which has to see what is imported
    from .session import Run

    start = seeds(options.corpus)
    run = Run(options.corpus, options.seconds)
    way = "by luck" if engine is None else "guided by coverage"
    print(f"{len(start)} seeds; {options.seconds:g} s, {way}, seed {options.seed}", flush=True)
    if engine is None:
        return engines.by_luck(run, start, options.seed)
    return engines.guided(engine, run, start, options.seed)


if __name__ == "__main__":
    sys.exit(main())
