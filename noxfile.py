"""The tasks of the project. Each works alone on a fresh clone; `nox` runs what CI runs."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import nox

nox.needs_version = ">=2025.5.1"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.error_on_missing_interpreters = False  # `tests_all` names those it skips

PYPROJECT = nox.project.load_toml("pyproject.toml")
IFRAME_WORKER = "iframe-worker@1.0.4"
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


def prepare_for_tests(session: nox.Session, *options: str) -> None:
    """Install what the tests need and the project itself, in one resolution."""
    needed = nox.project.dependency_groups(PYPROJECT, "test")
    session.install(*options, *needed, "-e", ".[cli,reconcile,testing]")


def run_codegen(session: nox.Session, *options: str) -> None:
    """Run all generators with what the package imports, but without the package itself."""
    groups(session, "live-document")
    session.install(GENERATOR, FORMATTER, *dependencies("cli"))
    paths = {"PYTHONPATH": os.pathsep.join(("overlay", "generated"))}
    for module in ("generate", "derive_sync", "dialect_shapes", "docs_tables"):
        session.run("python", "-m", f"scripts.codegen.{module}", *options, env=paths)


@nox.session(default=False)
def generate(session: nox.Session) -> None:
    """Regenerate generated/, _sync/, the shapes of both dialects, and the docs' tables."""
    run_codegen(session)


@nox.session(tags=["checks"])
def check_generated(session: nox.Session) -> None:
    """Fail if the tree is not what `generate` makes of it, and name the files that differ."""
    run_codegen(session, "--check")


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


def prepare_for_types(session: nox.Session) -> None:
    """Install the type checkers, and what the code that they read imports."""
    groups(session, "typecheck", "spec", "test")
    session.install("--no-deps", "polars>=1,<3")  # its types, without its engine


def prepare_to_typecheck(session: nox.Session) -> None:
    """Install the type checkers, the project, and what scripts/ and noxfile.py import."""
    prepare_for_types(session)
    groups(session, "demo")
    session.install("-e", ".[cli,testing]", "hatchling", "nox")


@nox.session(tags=["checks"])
def old_tests(session: nox.Session) -> None:
    """Run the last release's API tests on this tree: `nox -s old_tests -- [--against REF]`."""
    prepare_to_typecheck(session)
    session.run("python", "-m", "scripts.release.old_tests", *session.posargs)


@nox.session(default=False)
def changelog(session: nox.Session) -> None:
    """Show the changelog of the next release; `nox -s changelog -- --build` writes it."""
    groups(session, "changelog")
    session.run("python", "-m", "scripts.release.changelog", *session.posargs)


@nox.session(tags=["checks"])
def release_check(session: nox.Session) -> None:
    """Build the wheel and the sdist twice, with the same bytes, and check their contents.

    They are written to .nox/release_check/tmp/dist.
    """
    groups(session, "release")
    session.run("python", "-m", "scripts.release.release_check", session.create_tmp())


@nox.session(default=False)
def sbom(session: nox.Session) -> None:
    """List the dependencies of the package and of all extras as CycloneDX, and their licences.

    The lists are written to sbom.json and licences.md in .nox/sbom/tmp.
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
    """Show the client at work, over HTTP on the embedded server, in both dialects."""
    groups(session, "demo")
    session.install("-e", ".[testing]")
    session.run("python", "scripts/examples/tour.py")


@nox.session(tags=["checks"])
def prism(session: nox.Session) -> None:
    """Test all operations against Prism, an independent mock server, in both dialects."""
    prepare_for_tests(session)
    environment = {"PRISM": install_from_npm(session, PRISM, ".bin/prism")}
    session.run("pytest", "tests/spec/prism", *session.posargs, env=environment)


def install_from_npm(session: nox.Session, package: str, file: str) -> str:
    """Install an npm package into the session's own folder; returns the path of one of its files.

    `file` is below node_modules, such as `.bin/prism`.
    """
    folder = Path(session.create_tmp()).resolve()
    options = ["--silent", "--no-fund", "--no-audit", "--prefix", str(folder)]
    session.run("npm", "install", *options, package, external=True)
    return str(folder / "node_modules" / file)


@nox.session(tags=["checks"])
def live_document(session: nox.Session) -> None:
    """Apply the overlay of the live dialect to openapi.yaml, and check the result."""
    groups(session, "spec")
    file = str(Path(session.create_tmp()).resolve() / "live.openapi.json")
    session.run("python", "-m", "scripts.live_document", file)
    redocly = install_from_npm(session, REDOCLY, ".bin/redocly")
    # Every error has one answer, `default`: the rule wants a 4xx.
    session.run(redocly, "lint", file, "--skip-rule=operation-4xx-response", external=True)


@nox.session
def tests(session: nox.Session) -> None:
    """Run the test suite. Arguments go to pytest: `nox -s tests -- -k secrets`."""
    prepare_for_tests(session)
    run_tests(session)


@nox.session(python=["3.11", "3.12", "3.13", "3.14"], download_python="never", default=False)
def tests_all(session: nox.Session) -> None:
    """Run the test suite on each installed Python; nox names those that are missing."""
    prepare_for_tests(session)
    run_tests(session)


@nox.session(venv_backend="uv", default=False)
def tests_min(session: nox.Session) -> None:
    """Run the test suite on the lowest versions that pyproject.toml allows."""
    prepare_for_tests(session, "--resolution", "lowest-direct")
    run_tests(session)


@nox.session(venv_backend="uv", default=False)
def tests_max(session: nox.Session) -> None:
    """Run the test suite on the newest versions that pyproject.toml allows."""
    prepare_for_tests(session, "--upgrade")
    run_tests(session)


def run_tests(session: nox.Session, *options: str) -> None:
    """Run the tests that need nothing but the project."""
    elsewhere = ("spec/prism", "spec/drill", "inventory/cluster", "repository/type_checking")
    left_out = [f"--ignore=tests/{each}" for each in elsewhere]
    session.run("pytest", "-n2", "--dist=loadfile", *left_out, *options, *session.posargs)


@nox.session(default=False)
def httpx2(session: nox.Session) -> None:
    """Rehearse the move to httpx2: run the test suite on a copy of the tree that uses it."""
    with TemporaryDirectory() as folder:
        session.run("python", "-m", "scripts.move_to_httpx2", folder)
        session.chdir(folder)
        prepare_for_tests(session)
        run_tests(session, "@left-out.txt")


@nox.session(default=False)
def cluster(session: nox.Session) -> None:
    """Test inventories on a real Dask cluster, and as frames of pandas and polars."""
    groups(session, "cluster")
    prepare_for_tests(session)
    session.run("pytest", "tests/inventory/cluster", *session.posargs)
    session.run("pytest", "tests/repository/test_examples.py", "-k", "to_pandas or to_polars")


@nox.session(tags=["checks"])
def docs(session: nox.Session) -> None:
    """Build the site of docs/ into build/site, or serve it: `nox -s docs -- serve`."""
    groups(session, "docs")
    shim = install_from_npm(session, IFRAME_WORKER, "iframe-worker/shim/index.js")
    command = [*(session.posargs or ["build", "--quiet"]), "--config-file", "docs/site/mkdocs.yml"]
    session.run("mkdocs", *command, env={"NO_MKDOCS_2_WARNING": "1", "IFRAME_WORKER": shim})
    if not session.posargs:
        session.run("python", "docs/site/check.py", "build/site")


@nox.session(default=False)
def contract(session: nox.Session) -> None:
    """Test the generated code against the spec, and the overlay against the generated code."""
    prepare_for_tests(session)
    session.run("pytest", "tests/spec/contract", *session.posargs)


@nox.session(default=False)
def mutants(session: nox.Session) -> None:
    """Check that the contract tests fail for every change to the generated code or the spec."""
    prepare_for_tests(session)
    session.run("python", "-m", "scripts.mutation_testing", *session.posargs)


@nox.session(default=False)
def schemathesis(session: nox.Session) -> None:
    """Run Schemathesis against the served emulator: `nox -s schemathesis -- [live] [--seed N]`."""
    groups(session, "schemathesis")
    session.install("-e", ".[reconcile,testing]")
    session.run("python", "-m", "scripts.fuzzing.run_schemathesis", *session.posargs)


@nox.session(default=False)
def fuzz(session: nox.Session) -> None:
    """Fuzz the reading of responses: `nox -s fuzz -- [--seconds 300] [--seed N] [--corpus DIR]`."""
    session.install("-e", ".", ATHERIS)
    session.run("python", "-m", "scripts.fuzzing", *session.posargs)


@nox.session(default=False)
def soak(session: nox.Session) -> None:
    """Make many mixed calls while one request in ten fails: `nox -s soak -- [--calls N]`."""
    session.install("-e", ".[testing]")
    session.run("python", "-W", "error", "-m", "scripts.soak", *session.posargs)


@nox.session(default=False)
def bench(session: nox.Session) -> None:
    """Measure the client beside raw httpx and SDKs: `nox -s bench -- --help`."""
    groups(session, "bench")
    session.install("-e", ".")
    session.run("python", "-m", "scripts.benchmarks", *session.posargs)


@nox.session(tags=["checks"])
def bench_budget(session: nox.Session) -> None:
    """Count the cost of calls and imports, and compare it with scripts/benchmarks/budget.toml."""
    groups(session, "bench-budget")
    session.install("-e", ".")
    session.run("python", "-m", "scripts.benchmarks.budget", *session.posargs)


@nox.session(default=False)
def update_spec(session: nox.Session) -> None:
    """Replace openapi.yaml: `nox -s update_spec -- PATH_OR_URL [--check] [--live]`."""
    if "--live" in session.posargs:  # which only compares
        groups(session, "spec")
        session.install(*dependencies())
        session.run("python", "-m", "scripts.spec_update", *session.posargs)
        return
    redocly = prepare_for_specs(session)
    session.run("python", "-m", "scripts.spec_update", "--redocly", redocly, *session.posargs)


@nox.session(tags=["checks"])
def drill(session: nox.Session) -> None:
    """Rehearse spec changes, each on a clone: four, or all where an update may have changed."""
    rehearse(session)


@nox.session(default=False)
def drill_all(session: nox.Session) -> None:
    """Rehearse spec changes of every kind, each on a clone of the tree."""
    rehearse(session, DRILL="all")


def rehearse(session: nox.Session, **environment: str) -> None:
    """Run the rehearsals; tests/spec/drill/conftest.py chooses them."""
    redocly = prepare_for_specs(session)
    session.install("hatchling", "-e", ".[cli,reconcile,testing]")  # its program and its plugin
    environment["REDOCLY"] = redocly
    session.run("pytest", "tests/spec/drill", "-n2", *session.posargs, env=environment)


def prepare_for_specs(session: nox.Session) -> str:
    """Install what a spec update needs, but not the project itself; returns redocly's path."""
    prepare_for_types(session)
    session.install(GENERATOR, FORMATTER, *dependencies("cli", "testing"))
    return install_from_npm(session, REDOCLY, ".bin/redocly")
