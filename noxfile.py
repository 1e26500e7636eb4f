"""The tasks of the project. Each works alone on a fresh clone; `nox` runs what CI runs."""

from __future__ import annotations

import os
import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import nox

nox.needs_version = ">=2025.5.1"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.error_on_missing_interpreters = False  # `tests_all` names those it skips

PYPROJECT = nox.project.load_toml("pyproject.toml")
PACKAGE = PYPROJECT["project"]["name"]
PYTHONS = ["3.11", "3.12", "3.13", "3.14", "3.14t", "3.15"]
LOCK = "requirements/constraints.txt"
"""The versions that sessions install, with hashes, for every Python and system."""
LOCK_OF_NOX = "requirements/nox.txt"
NPM = Path("requirements/npm")
COOLDOWN = timedelta(weeks=1)
"""How old a release must be: most that are broken or malicious are withdrawn sooner."""


def locked(session: nox.Session) -> tuple[str, ...]:
    """The options that make pip or uv install the locked versions.

    pip gets them without hashes: with hashes, it would refuse to install the project itself.
    """
    if session.venv_backend == "uv":
        return ("--constraint", LOCK, "--build-constraint", LOCK)
    return ("--constraint", without_hashes(session))


def without_hashes(session: nox.Session) -> str:
    """Write the lock without its hashes, for pip; returns the path of the file."""
    file = Path(session.virtualenv.location).resolve() / "constraints.txt"
    text = Path(LOCK).read_text(encoding="utf-8")
    file.write_text(re.sub(r" \\\n +--hash=\S+", "", text), encoding="utf-8")
    return str(file)


def install(session: nox.Session, *what: str) -> None:
    """Install requirements at their locked versions."""
    session.install(*locked(session), *what)


def groups(session: nox.Session, *names: str) -> None:
    """Install dependency groups of pyproject.toml."""
    install(session, *nox.project.dependency_groups(PYPROJECT, *names))


def dependencies(*extras: str) -> list[str]:
    """The requirements of the package and of some of its extras, without the package itself."""
    project = PYPROJECT["project"]
    return [
        *project["dependencies"],
        *(each for extra in extras for each in project["optional-dependencies"][extra]),
    ]


def prepare_for_tests(session: nox.Session, *options: str) -> None:
    """Install what the tests need and the project itself; `options` replace the lock."""
    needed = nox.project.dependency_groups(PYPROJECT, "test")
    session.install(*(options or locked(session)), *needed, "-e", ".[cli,reconcile,testing]")


def run_codegen(session: nox.Session, *options: str) -> None:
    """Run all generators with what the package imports, but without the package itself."""
    groups(session, "codegen")
    install(session, *dependencies("cli"))
    paths = {"PYTHONPATH": os.pathsep.join(("overlay", "generated"))}
    for module in ("generate", "derive_sync", "dialect_shapes", "docs_tables"):
        session.run("python", "-m", f"scripts.codegen.{module}", *options, env=paths)


@nox.session(default=False)
def generate(session: nox.Session) -> None:
    """Regenerate generated/, _sync/, the shapes of both dialects, and the docs' tables."""
    run_codegen(session)


@nox.session(tags=["checks", "quick"])
def check_generated(session: nox.Session) -> None:
    """Fail if the tree is not what `generate` makes of it, and name the files that differ."""
    run_codegen(session, "--check")


@nox.session(tags=["checks", "quick"])
def lint(session: nox.Session) -> None:
    """Check style, layers, dependencies, the CI workflows and the changelog."""
    groups(session, "lint")
    install(session, "-e", ".")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("deptry", "overlay", "generated")
    session.run("python", "-m", "scripts.release.changelog", "--check")
    session.run("zizmor", "--quiet", "--offline", "--persona", "pedantic", ".github")
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
    install(session, "--no-deps", "polars>=1,<3")  # its types, without its engine


def prepare_to_typecheck(session: nox.Session) -> None:
    """Install the type checkers, the project, and what scripts/ and noxfile.py import."""
    prepare_for_types(session)
    groups(session, "demo")
    install(session, "-e", ".[cli,testing]", "hatchling", "nox")


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
    build_release(session, Path(session.create_tmp()).resolve())


def build_release(session: nox.Session, folder: Path) -> None:
    """Build the wheel and the sdist of the working folder below `folder`, and check them."""
    environment = {"PIP_CONSTRAINT": without_hashes(session)}  # for the wheel's dependencies
    session.run("python", "-m", "scripts.release.release_check", str(folder), env=environment)


@nox.session(default=False)
def sbom(session: nox.Session) -> None:
    """List the dependencies of the package and of all extras as CycloneDX, and their licences.

    The lists are written to sbom.json and licences.md in .nox/sbom/tmp.
    """
    groups(session, "sbom")
    list_dependencies(session, Path(session.create_tmp()).resolve())


def list_dependencies(session: nox.Session, folder: Path) -> None:
    """Write the SBOM and the licences of the working folder to `folder`."""
    session.run("python", "-m", "venv", "--clear", str(folder / "user"))
    python = str(folder / "user" / "bin" / "python")
    pip = (python, "-m", "pip", "--quiet")
    file = without_hashes(session)
    session.run(*pip, "install", "--constraint", file, ".[cli,reconcile,testing]", external=True)
    session.run(*pip, "uninstall", "--yes", "pip", "setuptools", external=True)
    found = str(folder / "sbom.json")
    options = ["--pyproject", "pyproject.toml", "--mc-type", "library", "--output-reproducible"]
    session.run("cyclonedx-py", "environment", *options, "--output-file", found, python)
    session.run("python", "-m", "scripts.release.licences", found, str(folder / "licences.md"))


@nox.session(default=False)
def release(session: nox.Session) -> None:
    """Rehearse a release on a clone, then make its commit and tag: `nox -s release -- --dry-run`.

    With --dry-run, only rehearse: it shows all that a release would make and publish.
    """
    groups(session, "changelog", "release", "sbom")
    make = ("python", "-m", "scripts.release.release")
    folder = Path(session.create_tmp()).resolve()
    clone = folder / "clone"
    shutil.rmtree(clone, ignore_errors=True)
    author = ("-c", "user.name=rehearsal", "-c", "user.email=rehearsal@example.invalid")
    session.run("git", "clone", "--quiet", *author, ".", str(clone), external=True)
    with session.chdir(clone):
        session.run(*make)
        build_release(session, folder)
        list_dependencies(session, folder)
    session.log(
        "attestations: .github/workflows/release.yml makes them for the wheel, the sdist and the "
        "SBOM, where it does all this again for the pushed tag, and publishes"
    )
    if "--dry-run" in session.posargs:
        session.log("That was a rehearsal on a clone of the last commit: nothing has changed here.")
        return
    session.run(*make)
    session.log("To publish it: git push --follow-tags")


@nox.session(venv_backend="uv", default=False)
@nox.parametrize("resolution", ["lowest-direct", "highest"], ids=["lowest", "newest"])
def downstream(session: nox.Session, resolution: str) -> None:
    """Run a program that depends on the wheel, on its lowest and newest dependencies."""
    folder = Path(session.create_tmp()).resolve()
    shutil.rmtree(folder / "dist", ignore_errors=True)
    build = ("uv", "build", "--quiet", "--wheel", "--build-constraints", LOCK)
    session.run(*build, "--out-dir", str(folder / "dist"), external=True)
    (wheel,) = (folder / "dist").glob("*.whl")
    program = folder / "program"
    shutil.copytree("scripts/release/downstream", program, dirs_exist_ok=True)
    # `--resolution lowest-direct` asks for the lowest of what it is given by name.
    options = ("--resolution", resolution, "--upgrade", f"--reinstall-package={PACKAGE}")
    session.install(*options, str(wheel), *dependencies())
    session.run("python", "-I", "scripts/release/smoke.py")
    extras = ("cli", "reconcile", "testing")
    session.install(*options, f"{wheel}[{','.join(extras)}]", *dependencies(*extras), "pytest>=8.3")
    with session.chdir(program):
        session.run("python", "-I", "-m", "pytest", "-q", "-W", "error", ".")


@nox.session
def demo(session: nox.Session) -> None:
    """Show the client at work, over HTTP on the embedded server, in both dialects."""
    groups(session, "demo")
    install(session, "-e", ".[testing]")
    session.run("python", "scripts/examples/tour.py")


@nox.session(tags=["checks"])
def prism(session: nox.Session) -> None:
    """Test all operations against Prism, an independent mock server, in both dialects."""
    prepare_for_tests(session)
    environment = {"PRISM": install_from_npm(session, "prism", ".bin/prism")}
    session.run("pytest", "tests/spec/prism", *session.posargs, env=environment)


def install_from_npm(session: nox.Session, name: str, file: str) -> str:
    """Install what requirements/npm/NAME locks; returns the path of a file below node_modules."""
    folder = Path(session.create_tmp()).resolve()
    shutil.copytree(NPM / name, folder, dirs_exist_ok=True)
    options = ("--silent", "--no-fund", "--no-audit", "--ignore-scripts", "--prefix", str(folder))
    session.run_install("npm", "ci", *options, external=True)
    return str(folder / "node_modules" / file)


@nox.session(tags=["checks"])
def live_document(session: nox.Session) -> None:
    """Apply the overlay of the live dialect to openapi.yaml, and check the result."""
    groups(session, "spec")
    file = str(Path(session.create_tmp()).resolve() / "live.openapi.json")
    session.run("python", "-m", "scripts.live_document", file)
    redocly = install_from_npm(session, "redocly", ".bin/redocly")
    # Every error has one answer, `default`: the rule wants a 4xx.
    session.run(redocly, "lint", file, "--skip-rule=operation-4xx-response", external=True)


@nox.session
def tests(session: nox.Session) -> None:
    """Run the test suite. Arguments go to pytest: `nox -s tests -- -k secrets`."""
    prepare_for_tests(session)
    run_tests(session)


@nox.session(python=PYTHONS, download_python="never", default=False)
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


def run_tests(session: nox.Session) -> None:
    """Run the tests that need nothing but the project."""
    elsewhere = ("spec/prism", "spec/drill", "inventory/cluster", "repository/type_checking")
    left_out = [f"--ignore=tests/{each}" for each in elsewhere]
    session.run("pytest", "-n2", "--dist=loadfile", *left_out, *session.posargs)


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
    shim = install_from_npm(session, "iframe-worker", "iframe-worker/shim/index.js")
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
    install(session, "-e", ".[reconcile,testing]")
    session.run("python", "-m", "scripts.fuzzing.run_schemathesis", *session.posargs)


@nox.session(default=False)
def fuzz(session: nox.Session) -> None:
    """Fuzz the reading of responses: `nox -s fuzz -- [--seconds 300] [--seed N] [--corpus DIR]`."""
    groups(session, "fuzz")
    install(session, "-e", ".")
    session.run("python", "-m", "scripts.fuzzing", *session.posargs)


@nox.session(default=False)
def soak(session: nox.Session) -> None:
    """Make many mixed calls while one request in ten fails: `nox -s soak -- [--calls N]`."""
    install(session, "-e", ".[testing]")
    session.run("python", "-W", "error", "-m", "scripts.soak", *session.posargs)


@nox.session(default=False)
def bench(session: nox.Session) -> None:
    """Measure the client beside raw httpx and SDKs: `nox -s bench -- --help`."""
    groups(session, "bench")
    install(session, "-e", ".")
    session.run("python", "-m", "scripts.benchmarks", *session.posargs)


@nox.session(tags=["checks"])
def bench_budget(session: nox.Session) -> None:
    """Count the cost of calls and imports, and compare it with scripts/benchmarks/budget.toml."""
    groups(session, "bench-budget")
    install(session, "-e", ".")
    session.run("python", "-m", "scripts.benchmarks.budget", *session.posargs)


@nox.session(venv_backend="uv", default=False)
def lock(session: nox.Session) -> None:
    """Renew requirements/, what sessions install: `nox -s lock -- [--no-upgrade]`."""
    until = (datetime.now(UTC) - COOLDOWN).isoformat(timespec="seconds")
    groups(session, "nox")
    options = ["--quiet", "--universal", "--python-version=3.11", "--generate-hashes"]
    options += ["--no-annotate", "--custom-compile-command=nox -s lock"]
    options += ["--exclude-newer", until, *(session.posargs or ["--upgrade"])]
    every = [f"--group={each}" for each in PYPROJECT["dependency-groups"]]
    compile_ = ("uv", "pip", "compile", *options)
    session.run(*compile_, "pyproject.toml", "--all-extras", *every, "--output-file", LOCK)
    session.run(*compile_, "--group=nox", "--constraint", LOCK, "--output-file", LOCK_OF_NOX)
    for folder in () if session.posargs else sorted(NPM.iterdir()):
        where = ("--prefix", str(folder), "--package-lock-only", "--before", until)
        session.run("npm", "update", "--silent", *where, external=True)


@nox.session(default=False)
def update_spec(session: nox.Session) -> None:
    """Replace openapi.yaml: `nox -s update_spec -- PATH_OR_URL [--check] [--live]`."""
    if "--live" in session.posargs:  # which only compares
        groups(session, "spec")
        install(session, *dependencies())
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
    install(session, "hatchling", "-e", ".[cli,reconcile,testing]")  # its program and its plugin
    environment["REDOCLY"] = redocly
    session.run("pytest", "tests/spec/drill", "-n2", *session.posargs, env=environment)


def prepare_for_specs(session: nox.Session) -> str:
    """Install what a spec update needs, but not the project itself; returns redocly's path."""
    prepare_for_types(session)
    groups(session, "codegen")
    install(session, *dependencies("cli", "testing"))
    return install_from_npm(session, "redocly", ".bin/redocly")
