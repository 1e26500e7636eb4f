"""The tasks of the project. Each works alone on a fresh clone; `nox` runs what CI runs."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

import nox

nox.needs_version = ">=2025.5.1"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.error_on_missing_interpreters = False  # `tests_all` names those it skips

PYPROJECT = nox.project.load_toml("pyproject.toml")
PYTHONS = [*nox.project.python_versions(PYPROJECT), "3.14t", "3.15"]  # the last two may fail
LOCK = ".ci/requirements/constraints.txt"  # with hashes, for every Python and system


def locked(session: nox.Session) -> tuple[str, ...]:
    """The options that make uv or pip install the locked versions."""
    if session.venv_backend == "uv":
        return ("--constraint", LOCK, "--build-constraint", LOCK)
    return ("--constraint", without_hashes(session))


def without_hashes(session: nox.Session) -> str:
    """Write a lock for pip, which installs no project from a folder where one has hashes."""
    file = Path(session.virtualenv.location).resolve() / "constraints.txt"
    text = Path(LOCK).read_text(encoding="utf-8")
    file.write_text(re.sub(r" \\\n +--hash=\S+", "", text), encoding="utf-8")
    return str(file)


def install(session: nox.Session, *what: str, groups: Iterable[str] = ()) -> None:
    """Install requirements, and dependency groups of pyproject.toml, at their locked versions."""
    session.install(*locked(session), *nox.project.dependency_groups(PYPROJECT, *groups), *what)


def dependencies(*extras: str) -> list[str]:
    """The requirements of the package and of some of its extras, without the package itself."""
    project = PYPROJECT["project"]
    more = (each for extra in extras for each in project["optional-dependencies"][extra])
    return [*project["dependencies"], *more]


def prepare_for_tests(session: nox.Session, *options: str) -> None:
    """Install what the tests need and the project itself; `options` replace the lock."""
    needed = nox.project.dependency_groups(PYPROJECT, "test")
    session.install(*(options or locked(session)), *needed, "-e", ".[cli,reconcile,testing]")


@nox.session
def tests(session: nox.Session) -> None:
    """Run the test suite. Arguments go to pytest: `nox -s tests -- -k secrets`."""
    run_tests(session)


def run_tests(session: nox.Session, *options: str) -> None:
    """Run the tests that need nothing but the project, installed with `options` or the lock."""
    prepare_for_tests(session, *options)
    elsewhere = ("spec/prism", "spec/drill", "inventory/cluster", "repository/type_checking")
    left_out = [f"--ignore=tests/{each}" for each in elsewhere]
    session.run("pytest", "-n2", "--dist=loadfile", *left_out, *session.posargs)


@nox.session(tags=["checks", "quick"])
def lint(session: nox.Session) -> None:
    """Check style, layers, dependencies, the CI workflows and the changelog."""
    install(session, "-e", ".", groups=["lint"])
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("deptry", "overlay", "generated")
    session.run("python", "-m", "scripts.release.changelog", "--check")
    session.run("zizmor", "--quiet", "--offline", "--persona", "pedantic", ".github")
    session.run("lint-imports", "--no-cache")


@nox.session(tags=["checks", "quick"])
def check_generated(session: nox.Session) -> None:
    """Fail if the tree is not what `generate` makes of it, and name the files that differ."""
    run_codegen(session, "--check")


@nox.session(default=False)
def generate(session: nox.Session) -> None:
    """Regenerate generated/, _sync/, the shapes of both dialects, and the docs' tables."""
    run_codegen(session)


def run_codegen(session: nox.Session, *options: str) -> None:
    """Run all generators with what the package imports, but without the package itself."""
    install(session, *dependencies("cli"), groups=["codegen"])
    paths = {"PYTHONPATH": os.pathsep.join(("overlay", "generated"))}
    for module in ("generate", "derive_sync", "dialect_shapes", "docs_tables"):
        session.run("python", "-m", f"scripts.codegen.{module}", *options, env=paths)


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
    install(session, groups=["typecheck", "spec", "test", "demo"])
    install(session, "--no-deps", "polars>=1,<3")  # its types, without its engine


def prepare_to_typecheck(session: nox.Session) -> None:
    """Install the type checkers, the project, and what scripts/ and noxfile.py import."""
    prepare_for_types(session)
    install(session, "-e", ".[cli,testing]", "hatchling", "nox")


@nox.session(tags=["checks"])
def docs(session: nox.Session) -> None:
    """Build the site of docs/ into build/site, or serve it: `nox -s docs -- serve`."""
    install(session, groups=["docs"])
    shim = install_from_npm(session, "iframe-worker", "iframe-worker/shim/index.js")
    command = [*(session.posargs or ["build", "--quiet"]), "--config-file", "docs/site/mkdocs.yml"]
    session.run("mkdocs", *command, env={"NO_MKDOCS_2_WARNING": "1", "IFRAME_WORKER": shim})
    if not session.posargs:
        session.run("python", "docs/site/check.py", "build/site")


def install_from_npm(session: nox.Session, name: str, file: str) -> str:
    """Install what .ci/requirements/npm/NAME locks; returns where a file of node_modules is."""
    folder = Path(session.create_tmp()).resolve()
    shutil.copytree(f".ci/requirements/npm/{name}", folder, dirs_exist_ok=True)
    options = ("--silent", "--no-fund", "--no-audit", "--ignore-scripts", "--prefix", str(folder))
    session.run_install("npm", "ci", *options, external=True)
    return str(folder / "node_modules" / file)


@nox.session
def demo(session: nox.Session) -> None:
    """Show the client at work, over HTTP on the embedded server, in both dialects."""
    install(session, "-e", ".[testing]", groups=["demo"])
    session.run("python", "scripts/examples/tour.py")


@nox.session(
    python=["3.11", "3.12", "3.13", "3.14", "3.14t", "3.15"], download_python="never", default=False
)
def tests_all(session: nox.Session) -> None:
    """Run the test suite on each installed Python; nox names those that are missing."""
    run_tests(session)


@nox.session(venv_backend="uv", default=False)
def tests_min(session: nox.Session) -> None:
    """Run the test suite on the lowest versions that pyproject.toml allows."""
    run_tests(session, "--resolution", "lowest-direct")


@nox.session(venv_backend="uv", default=False)
def tests_max(session: nox.Session) -> None:
    """Run the test suite on the newest versions that pyproject.toml allows."""
    run_tests(session, "--upgrade")


@nox.session(default=False)
def httpx2(session: nox.Session) -> None:
    """Rehearse the move to httpx2: run the test suite on a copy of the tree that uses it."""
    with TemporaryDirectory() as folder:
        session.run("python", "-m", "scripts.move_to_httpx2", folder)
        session.chdir(folder)
        prepare_for_tests(session)
        session.run("pytest", "-n2", "--dist=loadfile", "@left-out.txt", *session.posargs)


@nox.session(venv_backend="uv", default=False)
@nox.parametrize("resolution", ["lowest-direct", "highest"], ids=["lowest", "newest"])
def downstream(session: nox.Session, resolution: str) -> None:
    """Run a program that depends on the wheel, on its lowest and newest dependencies."""
    session.run("python", "-m", "scripts.release.downstream", resolution, session.create_tmp())


@nox.session(default=False)
def cluster(session: nox.Session) -> None:
    """Test inventories on a real Dask cluster, and as frames of pandas and polars."""
    install(session, groups=["cluster"])
    prepare_for_tests(session)
    session.run("pytest", "tests/inventory/cluster", *session.posargs)
    session.run("pytest", "tests/repository/test_examples.py", "-k", "to_pandas or to_polars")


@nox.session(default=False)
def contract(session: nox.Session) -> None:
    """Test the generated code against the spec, and the overlay against the generated code."""
    prepare_for_tests(session)
    session.run("pytest", "tests/spec/contract", *session.posargs)


@nox.session(tags=["checks"])
def live_document(session: nox.Session) -> None:
    """Apply the overlay of the live dialect to openapi.yaml, and check the result."""
    install(session, groups=["spec"])
    file = str(Path(session.create_tmp()).resolve() / "live.openapi.json")
    session.run("python", "-m", "scripts.live_document", file)
    redocly = install_from_npm(session, "redocly", ".bin/redocly")
    # Every error has one answer, `default`: the rule wants a 4xx.
    session.run(redocly, "lint", file, "--skip-rule=operation-4xx-response", external=True)


@nox.session(tags=["checks"])
def prism(session: nox.Session) -> None:
    """Test all operations against Prism, an independent mock server, in both dialects."""
    prepare_for_tests(session)
    environment = {"PRISM": install_from_npm(session, "prism", ".bin/prism")}
    session.run("pytest", "tests/spec/prism", *session.posargs, env=environment)


@nox.session(default=False)
def update_spec(session: nox.Session) -> None:
    """Replace openapi.yaml: `nox -s update_spec -- PATH_OR_URL [--check] [--live]`."""
    options = list(session.posargs)
    if "--live" in options:  # which only compares
        install(session, *dependencies(), groups=["spec"])
    else:
        options += ["--redocly", prepare_for_specs(session)]
    session.run("python", "-m", "scripts.spec_update", *options)


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
    install(session, "hatchling", "-e", ".[cli,reconcile,testing]")  # its program and its plugin
    environment["REDOCLY"] = redocly
    session.run("pytest", "tests/spec/drill", "-n2", *session.posargs, env=environment)


def prepare_for_specs(session: nox.Session) -> str:
    """Install what a spec update needs, but not the project itself; returns redocly's path."""
    prepare_for_types(session)
    install(session, *dependencies("cli", "testing"), groups=["codegen"])
    return install_from_npm(session, "redocly", ".bin/redocly")


@nox.session(default=False)
def schemathesis(session: nox.Session) -> None:
    """Run Schemathesis against the served emulator: `nox -s schemathesis -- [live] [--seed N]`."""
    install(session, "-e", ".[reconcile,testing]", groups=["schemathesis"])
    session.run("python", "-m", "scripts.fuzzing.run_schemathesis", *session.posargs)


@nox.session(default=False)
def fuzz(session: nox.Session) -> None:
    """Fuzz the reading of responses: `nox -s fuzz -- [--seconds 300] [--seed N] [--corpus DIR]`."""
    install(session, "-e", ".", groups=["fuzz"])
    session.run("python", "-m", "scripts.fuzzing", *session.posargs)


@nox.session(default=False)
def soak(session: nox.Session) -> None:
    """Make many mixed calls while one request in ten fails: `nox -s soak -- [--calls N]`."""
    install(session, "-e", ".[testing]")
    session.run("python", "-W", "error", "-m", "scripts.soak", *session.posargs)


@nox.session(default=False)
def mutants(session: nox.Session) -> None:
    """Check that the contract tests fail for every change to the generated code or the spec."""
    prepare_for_tests(session)
    session.run("python", "-m", "scripts.mutation_testing", *session.posargs)


@nox.session(default=False)
def bench(session: nox.Session) -> None:
    """Measure the client beside raw httpx and SDKs: `nox -s bench -- --help`."""
    install(session, "-e", ".", groups=["bench"])
    session.run("python", "-m", "scripts.benchmarks", *session.posargs)


@nox.session(tags=["checks"])
def bench_budget(session: nox.Session) -> None:
    """Count the cost of calls and imports, and compare it with scripts/benchmarks/budget.toml."""
    install(session, "-e", ".", groups=["bench-budget"])
    session.run("python", "-m", "scripts.benchmarks.budget", *session.posargs)


@nox.session(tags=["checks"])
def old_tests(session: nox.Session) -> None:
    """Run the last release's API tests on this tree: `nox -s old_tests -- [--against REF]`."""
    prepare_to_typecheck(session)
    session.run("python", "-m", "scripts.release.old_tests", *session.posargs)


@nox.session(default=False)
def changelog(session: nox.Session) -> None:
    """Show the changelog of the next release; `nox -s changelog -- --build` writes it."""
    install(session, groups=["changelog"])
    session.run("python", "-m", "scripts.release.changelog", *session.posargs)


@nox.session(tags=["checks"])
def release_check(session: nox.Session) -> None:
    """Build and check the wheel and the sdist, to publish from .nox/release_check/tmp/dist."""
    install(session, groups=["release"])
    run_release(session, "release_check")


@nox.session(default=False)
def sbom(session: nox.Session) -> None:
    """List all dependencies as CycloneDX, and their licences, in .nox/sbom/tmp."""
    install(session, groups=["sbom"])
    run_release(session, "sbom")


@nox.session(default=False)
def release(session: nox.Session) -> None:
    """Make a release's commit and tag, after a rehearsal: `nox -s release -- [--dry-run]`."""
    install(session, groups=["changelog", "release", "sbom"])
    run_release(session, "rehearsal")
    if "--dry-run" not in session.posargs:
        session.run("python", "-m", "scripts.release.release")
        session.log("To publish it: git push --follow-tags")


def run_release(session: nox.Session, module: str) -> None:
    """Run a module of scripts/release in the session's own folder; pip takes locked versions."""
    versions = {"PIP_CONSTRAINT": without_hashes(session)}
    session.run("python", "-m", f"scripts.release.{module}", session.create_tmp(), env=versions)


@nox.session(default=False)
def lock(session: nox.Session) -> None:
    """Renew the versions that sessions install: `nox -s lock -- [--no-upgrade]`."""
    install(session, groups=["nox"])
    session.run("python", "-m", "scripts.locks", *session.posargs)
