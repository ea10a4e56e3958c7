"""One entry to every chore, in the environment that nox itself is in: `nox -l` lists them."""

import sys
from importlib.util import find_spec
from pathlib import Path

import nox

nox.options.default_venv_backend = "none"
nox.options.sessions = ["check", "test"]
ROOT = Path(__file__).parent
LINT_IMPORTS = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"


def python(session: nox.Session, *arguments: str, **settings: str) -> None:
    session.run(sys.executable, *arguments, env=settings)


def scripts(pattern: str) -> list[str]:
    return [file.relative_to(ROOT).as_posix() for file in sorted(ROOT.glob(pattern))]


def draws(script: str) -> bool:
    return any(word in script for word in ("image", "picture"))


@nox.session
def references(session: nox.Session) -> None:
    """Write the pages and files that follow from the code: seconds, after a change of a class or a docstring."""
    for script in scripts("docs/make_*.py"):
        if not draws(script):
            python(session, script)


@nox.session
def snapshots(session: nox.Session) -> None:
    """The public signatures and the JSON Schema as they are now: where a change of them is meant."""
    python(session, "tests/snapshots/update.py")


@nox.session(requires=["references"])
def gen(session: nox.Session) -> None:
    """The references, and the outputs that the tutorial and the user guide show (a minute)."""
    needs = {"docs/user_guide/skpro.md": "skpro", "docs/user_guide/tuning.md": "optuna"}
    pages = [page for page in scripts("docs/user_guide/*.md") if page not in needs or find_spec(needs[page])]
    python(session, "docs/run_pages.py", "docs/tutorial.md", *pages)


@nox.session
def pictures(session: nox.Session) -> None:
    """Draw the pictures of README, landing page and tutorial; their bits differ from machine to machine."""
    for script in filter(draws, scripts("docs/make_*.py")):
        python(session, script)


@nox.session
def check(session: nox.Session) -> None:
    """Lint, format, order of imports, types."""
    python(session, "-m", "ruff", "check", ".")
    python(session, "-m", "ruff", "format", "--check", ".")
    python(session, "-c", LINT_IMPORTS)
    python(session, "-m", "pyright")


@nox.session
def test(session: nox.Session) -> None:
    """The tests and doctests; `nox -s test -- -n 0 tests/test_docs.py` for one file in one process."""
    python(session, "-m", "pytest", *session.posargs)


@nox.session
def slow(session: nox.Session) -> None:
    """The heavier tests."""
    python(session, "-m", "pytest", "-m", "slow", *session.posargs)


@nox.session
def coverage(session: nox.Session) -> None:
    """The tests on 25 drawn examples, as CI runs them, and which branches of the package they never take."""
    python(session, "-m", "pytest", "--cov", "--cov-report=term-missing", *session.posargs, HYPOTHESIS_PROFILE="ci")


@nox.session
def examples(session: nox.Session) -> None:
    """The examples in their quick form; `-- --full` for ten minutes of them."""
    form = [] if "--full" in session.posargs else ["--quick"]
    for script in scripts("examples/[0-9]*.py"):
        python(session, script, *form)


@nox.session
def docs(session: nox.Session) -> None:
    """The documentation, into docs/_build (needs `pip install -e ".[docs]"`); `-- -E` builds it afresh."""
    options = ["-W", "--keep-going", "-b", "html", *session.posargs]
    python(session, "-m", "sphinx", *options, "docs", "docs/_build")


@nox.session
def wheel(session: nox.Session) -> None:
    """The source distribution, and from it the wheel, into dist/."""
    python(session, "-m", "build")


@nox.session
def ci(session: nox.Session) -> None:
    """All that CI runs on what is committed, in fresh environments."""
    session.run(str(ROOT / ".ci" / "run"), external=True)


@nox.session
def nightly(session: nox.Session) -> None:
    """Random examples, lowest and newest versions, the wheel, full examples; `-- SEED` for the examples of a run."""
    session.run(str(ROOT / ".ci" / "nightly"), *session.posargs, external=True)
