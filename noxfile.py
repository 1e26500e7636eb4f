"""Every task of the project, each working alone on a fresh clone. `nox` runs what CI runs."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import nox

nox.needs_version = ">=2025.5.1"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.error_on_missing_interpreters = False  # `tests_all` says which it has skipped

PYPROJECT = nox.project.load_toml("pyproject.toml")
GENERATOR = "openapi-python-client==0.29.1"
FORMATTER = "ruff==0.17.6"
REDOCLY = "@redocly/cli@2.77.0"
ATHERIS = "atheris>=3,<4"
CYCLONEDX = "cyclonedx-bom>=7.2,<8"
PRISM = "@stoplight/prism-cli@5.14.2"


def groups(session: nox.Session, *names: str) -> None:
    """Install dependency groups of pyproject.toml."""
    session.install(*nox.project.dependency_groups(PYPROJECT, *names))


def dependencies(*extras: str) -> list[str]:
    """The requirements of the package and of some of its extras, without the package itself."""
    project = PYPROJECT["project"]
    return [
        *project["dependencies"],
        *(each for extra in extras for each in project["optional-dependencies"][extra]),
    ]


def prepare_for_tests(session: nox.Session, *how: str) -> None:
    """Install what the tests need and the project itself, in one resolution."""
    needed = nox.project.dependency_groups(PYPROJECT, "test")
    session.install(*how, *needed, "-e", ".[cli,reconcile,testing]")


def prepare_to_generate(session: nox.Session) -> None:
    """Install the generator, and what the package imports; not the package."""
    groups(session, "live-document")
    session.install(GENERATOR, FORMATTER, *dependencies("cli"))


@nox.session
def generate(session: nox.Session) -> None:
    """Regenerate generated/ from openapi.yaml, _sync/ from _async/, and the docs' tables."""
    prepare_to_generate(session)
    session.run("python", "-m", "scripts.codegen.generate")
    session.run("python", "-m", "scripts.codegen.derive_sync")
    session.run("python", "-m", "scripts.codegen.docs_tables")


@nox.session(tags=["checks"])
def check_generated(session: nox.Session) -> None:
    """Fail, naming the files, if the tree is not what `generate` makes of it."""
    prepare_to_generate(session)
    session.run("python", "-m", "scripts.codegen.generate", "--check")
    session.run("python", "-m", "scripts.codegen.derive_sync", "--check")
    session.run("python", "-m", "scripts.codegen.docs_tables", "--check")


@nox.session(tags=["checks"])
def lint(session: nox.Session) -> None:
    """Check style, layers, dependencies, the CI workflows and the changelog."""
    groups(session, "lint")
    session.install("-e", ".")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("deptry", "overlay", "generated")
    session.run("python", "-m", "scripts.release.changelog", "--check")
    session.run("zizmor", "--quiet", "--offline", "--persona", "pedantic", ".github/workflows")
    session.run("lint-imports", "--no-cache")


@nox.session(tags=["checks"])
def typecheck(session: nox.Session) -> None:
    """Run mypy and pyright, both strict, and check the public types with users' programs."""
    prepare_to_typecheck(session)
    session.run("mypy")
    session.run("pyright")
    session.run("pyright", "--verifytypes", "paperspace_projects", "--ignoreexternal")
    session.run("pytest", "tests/repository/type_checking", *session.posargs)


def prepare_to_typecheck(session: nox.Session) -> None:
    """Install the type checkers, and all packages whose types they read."""
    prepare_for_types(session)
    groups(session, "demo")
    session.install("-e", ".[cli,testing]", "hatchling", "nox")


@nox.session(tags=["checks"])
def old_tests(session: nox.Session) -> None:
    """Run the last release's API tests on this tree: `nox -s old_tests -- [--against REF]`."""
    prepare_to_typecheck(session)
    session.run("python", "-m", "scripts.release.old_tests", *session.posargs)


@nox.session
def changelog(session: nox.Session) -> None:
    """Show the next release's changelog; `nox -s changelog -- --build` writes it."""
    groups(session, "changelog")
    session.run("python", "-m", "scripts.release.changelog", *session.posargs)


@nox.session(tags=["checks"])
def release_check(session: nox.Session) -> None:
    """Build the wheel and the sdist twice, with the same bytes, and check what is in them.

    They are in .nox/release_check/tmp/dist then.
    """
    groups(session, "release")
    session.run("python", "-m", "scripts.release.release_check", session.create_tmp())


@nox.session
def sbom(session: nox.Session) -> None:
    """List what users install with us, every extra included: as CycloneDX, and its licences.

    They are sbom.json and licences.md in .nox/sbom/tmp then.
    """
    session.install(CYCLONEDX)
    folder = Path(session.create_tmp()).resolve()
    session.run("python", "-m", "venv", "--clear", str(folder / "user"))
    python = str(folder / "user" / "bin" / "python")
    pip = (python, "-m", "pip", "--quiet")
    session.run(*pip, "install", ".[cli,reconcile,testing]", external=True)
    session.run(*pip, "uninstall", "--yes", "pip", "setuptools", external=True)
    found = str(folder / "sbom.json")
    options = ["--pyproject", "pyproject.toml", "--mc-type", "library", "--output-reproducible"]
    session.run("cyclonedx-py", "environment", *options, "--output-file", found, python)
    session.run("python", "-m", "scripts.release.licences", found, str(folder / "licences.md"))


@nox.session
def demo(session: nox.Session) -> None:
    """Do real work over real HTTP on the embedded server, once per dialect, and show it."""
    groups(session, "demo")
    session.install("-e", ".[testing]")
    session.run("python", "scripts/examples/tour.py")


@nox.session(tags=["checks"])
def prism(session: nox.Session) -> None:
    """Test all operations against Prism, an independent mock server, in both dialects."""
    prepare_for_tests(session)
    folder = install_from_npm(session, PRISM)
    live = folder / "live.openapi.json"
    session.run("python", "-m", "scripts.live_document", str(live))
    with (
        serving_prism(folder, Path("openapi.yaml")) as url,
        serving_prism(folder, live) as live_url,
    ):
        urls = {"PRISM_URL": url, "PRISM_LIVE_URL": live_url}
        session.run("pytest", "tests/spec/prism", *session.posargs, env=urls)


def install_from_npm(session: nox.Session, package: str) -> Path:
    """Install an npm package into the session's own folder; returns the folder."""
    folder = Path(session.create_tmp()).resolve()
    options = ["--silent", "--no-fund", "--no-audit", "--prefix", str(folder)]
    session.run("npm", "install", *options, package, external=True)
    return folder


@contextmanager
def serving_prism(folder: Path, document: Path) -> Iterator[str]:
    """Run Prism, as installed in `folder`, on a free port; yields its URL."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(folder / "node_modules" / ".bin" / "prism"), "mock", "--errors", str(document)]
    command += ["--host", "127.0.0.1", "--port", str(port), "--multiprocess", "false"]
    log = folder / f"prism-{document.stem}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        deadline = time.monotonic() + 60
        while not answers_without_key(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"Prism did not start:\n{log.read_text()}")
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(10)


def answers_without_key(port: int) -> bool:
    """Whether Prism is up: it answers 401 to a request without a key."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/projects")
        return connection.getresponse().status == 401
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


@nox.session(tags=["checks"])
def live_document(session: nox.Session) -> None:
    """Apply the overlay of the live dialect to openapi.yaml, and check the result."""
    groups(session, "spec")
    file = str(Path(session.create_tmp()).resolve() / "live.openapi.json")
    session.run("python", "-m", "scripts.live_document", file)
    redocly = install_from_npm(session, REDOCLY) / "node_modules" / ".bin" / "redocly"
    # Every error has one answer, `default`: the rule wants a 4xx.
    session.run(str(redocly), "lint", file, "--skip-rule=operation-4xx-response", external=True)


@nox.session
def tests(session: nox.Session) -> None:
    """The test suite. Arguments go to pytest: `nox -s tests -- -k secrets`."""
    prepare_for_tests(session)
    run_tests(session)


@nox.session(python=["3.11", "3.12", "3.13", "3.14"], download_python="never")
def tests_all(session: nox.Session) -> None:
    """The test suite on each installed Python; nox says which are missing."""
    prepare_for_tests(session)
    run_tests(session)


@nox.session(venv_backend="uv")
def tests_min(session: nox.Session) -> None:
    """The test suite on the lowest versions of everything that pyproject.toml allows."""
    prepare_for_tests(session, "--resolution", "lowest-direct")
    run_tests(session)


@nox.session(venv_backend="uv")
def tests_max(session: nox.Session) -> None:
    """The test suite on the newest versions that pyproject.toml allows."""
    prepare_for_tests(session, "--upgrade")
    run_tests(session)


def run_tests(session: nox.Session) -> None:
    """Run the tests that need no more than the project."""
    elsewhere = ("spec/prism", "spec/drill", "inventory/cluster", "repository/type_checking")
    left_out = [f"--ignore=tests/{each}" for each in elsewhere]
    session.run("pytest", "-n2", "--dist=loadfile", *left_out, *session.posargs)


@nox.session
def cluster(session: nox.Session) -> None:
    """Test inventories on a real Dask cluster, and as frames of pandas and polars."""
    groups(session, "cluster")
    prepare_for_tests(session)
    session.run("pytest", "tests/inventory/cluster", *session.posargs)


@nox.session(tags=["checks"])
def docs(session: nox.Session) -> None:
    """Build the site of docs/ into build/site, or serve it: `nox -s docs -- serve`."""
    groups(session, "docs")
    command = session.posargs or ["build", "--quiet"]
    session.run(
        "mkdocs",
        *(*command, "--config-file", "docs/site/mkdocs.yml"),
        env={"NO_MKDOCS_2_WARNING": "1"},
    )


@nox.session
def contract(session: nox.Session) -> None:
    """Test the generated code against the spec, and the overlay against the generated code."""
    prepare_for_tests(session)
    session.run("pytest", "tests/spec/contract", *session.posargs)


@nox.session
def mutants(session: nox.Session) -> None:
    """Prove that the contract tests see every change to the generated code and to the spec."""
    prepare_for_tests(session)
    session.run("python", "-m", "scripts.mutation_testing", *session.posargs)


@nox.session
def schemathesis(session: nox.Session) -> None:
    """Run Schemathesis against the served emulator: `nox -s schemathesis -- [live] [--seed N]`."""
    groups(session, "schemathesis")
    session.install("-e", ".[reconcile,testing]")
    session.run("python", "-m", "scripts.fuzzing.run_schemathesis", *session.posargs)


@nox.session
def fuzz(session: nox.Session) -> None:
    """Fuzz the reading of responses: `nox -s fuzz -- [--seconds 300] [--seed N] [--corpus DIR]`."""
    session.install("-e", ".", ATHERIS)
    session.run("python", "-m", "scripts.fuzzing", *session.posargs)


@nox.session
def soak(session: nox.Session) -> None:
    """Make many mixed calls while one request in ten fails: `nox -s soak -- [--calls N]`."""
    session.install("-e", ".[testing]")
    session.run("python", "-W", "error", "-m", "scripts.soak", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure the client beside raw httpx and SDKs: `nox -s bench -- --help`."""
    groups(session, "bench")
    session.install("-e", ".")
    session.run("python", "-m", "scripts.benchmarks", *session.posargs)


@nox.session(tags=["checks"])
def bench_budget(session: nox.Session) -> None:
    """Count what calls and imports cost, and compare it with scripts/benchmarks/budget.toml."""
    groups(session, "bench-budget")
    session.install("-e", ".")
    session.run("python", "-m", "scripts.benchmarks.budget", *session.posargs)


@nox.session
def update_spec(session: nox.Session) -> None:
    """Put a new spec in: `nox -s update_spec -- PATH_OR_URL [--check] [--keep] [--live]`."""
    if "--live" in session.posargs:  # which only compares
        groups(session, "spec")
        session.install(*dependencies())
        session.run("python", "-m", "scripts.spec_update", *session.posargs)
        return
    redocly = prepare_for_specs(session)
    session.run("python", "-m", "scripts.spec_update", "--redocly", redocly, *session.posargs)


@nox.session(tags=["checks"])
def drill(session: nox.Session) -> None:
    """Rehearse spec changes of every kind, each on a clone of the tree."""
    redocly = prepare_for_specs(session)
    session.install("hatchling")
    session.run("pytest", "tests/spec/drill", "-n2", *session.posargs, env={"REDOCLY": redocly})


def prepare_for_types(session: nox.Session) -> None:
    """Install the type checkers, and what the code that they read imports."""
    groups(session, "typecheck", "spec", "test")
    session.install("--no-deps", "polars>=1,<3")  # its types, without its engine


def prepare_for_specs(session: nox.Session) -> str:
    """Install what a spec update needs, but not the project itself; returns redocly's path."""
    prepare_for_types(session)
    session.install(GENERATOR, FORMATTER, *dependencies("cli", "testing"))
    return str(install_from_npm(session, REDOCLY) / "node_modules" / ".bin" / "redocly")


nox.options.sessions = [
    *(
        "check_generated",
        "lint",
        "typecheck",
        "bench_budget",
        "old_tests",
        "release_check",
        "docs",
        "demo",
        "live_document",
        "prism",
        "drill",
        "tests",
    ),
]
