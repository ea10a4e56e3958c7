"""Every fenced block of code is run somewhere: here, or by a test that looks closer at its page."""

import contextlib
import doctest
import io
import shlex
from pathlib import Path

import numpy as np
import pytest
import yaml

from likelinet.config import parse_config
from likelinet.selection.space import space_of
from tests.test_docs import ROOT, blocks, script
from tests.test_docs_pages import PAGES

PATHS = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md")))
TEXTS = [p.relative_to(ROOT).as_posix() for p in PATHS if not {"_build", "gallery"} & {*p.relative_to(ROOT).parts}]
# Which blocks are run where; all YAML is read below.
FROM_THE_TOP = {f"docs/{page}": "tests/test_docs_pages.py" for page in PAGES}
PYTHON = {
    **FROM_THE_TOP,
    "README.md": "tests/test_docs.py",
    "docs/families_introduction.md": "tests/test_docs.py",
    "docs/families.md": "below",
    "docs/plugins.md": "tests/test_docs.py and tests/test_worked_example.py",
    "docs/user_guide/skpro.md": "tests/skpro/test_page.py",
    "docs/user_guide/tuning.md": "tests/test_tune_page.py",
    "docs/user_guide/twelve_jobs.md": "tests/test_twelve_jobs.py",
}
BASH = {**FROM_THE_TOP, "README.md": "below", "docs/user_guide/tuning.md": "tests/test_tune_page.py"}
SPACES = ("# space.yaml", "# wide.yaml")  # of keys and the values that are tried
# What makes an environment is left to .ci/run, which does it from fresh copies.
INSTALLS = {"README.md": 3, "CONTRIBUTING.md": 1}


@pytest.mark.parametrize("page", TEXTS)
def test_every_block_is_run(page: str):
    path = ROOT / page
    shell = blocks(path, "bash")
    installs = [block for block in shell if "pip install" in block]
    assert len(installs) == INSTALLS.get(page, 0)
    assert page in PYTHON or not blocks(path, "python")
    assert page in BASH or len(shell) == len(installs)


def test_every_page_that_is_said_to_be_run_exists():
    assert {*PYTHON, *BASH, *INSTALLS} <= {*TEXTS}


@pytest.mark.parametrize("page", [page for page in TEXTS if blocks(ROOT / page, "yaml")])
def test_every_config_is_valid(page: str):
    for block in blocks(ROOT / page, "yaml"):
        if block.startswith(SPACES):
            assert space_of(parse_config({}), yaml.safe_load(block)).many > 1
        else:
            parse_config(yaml.safe_load(block))


def test_examples_of_the_families_page():
    code = blocks(ROOT / "docs" / "families.md", "python")
    examples = [block for block in code if block.startswith(">>>")]
    assert len(examples) == len(code) - 1  # the other one is from families_introduction.md
    failures = io.StringIO()
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS, verbose=False)
    for i, block in enumerate(examples):
        test = doctest.DocTestParser().get_doctest(block, {"np": np}, f"families.md, example {i}", None, None)
        runner.run(test, out=failures.write)
    assert runner.failures == 0, failures.getvalue()


def test_commands_of_the_readme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Run them as they are, one after the other, on small tables of the columns that they speak of."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    table = rng.uniform(1.0, 9.0, (90, 4)).round(2)
    table[:, 3] += 3.0 * table[:, 0]  # something to learn: what learned nothing would not replace an earlier model
    header = "cement,water,age,strength"
    for name, rows in (("train", table[:60]), ("test", table[60:]), ("data", table[:60])):
        np.savetxt(f"{name}.csv", rows, "%.2f", ",", header=header, comments="")
    configs = blocks(ROOT / "README.md", "yaml")
    commands = [block for block in blocks(ROOT / "README.md", "bash") if "pip install" not in block]
    autoencoder = next(c for c in configs if "vae" in c)
    command = script("run_pages").command
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        for block in commands:
            config = autoencoder if "encode" in block else configs[0] + "training: {steps: 60}\n"  # or it takes long
            Path("config.yaml").write_text(config, encoding="utf-8")
            if "fit" not in block:
                command(shlex.split("likelinet fit config.yaml train.csv -o model.safetensors"))
            for line in block.splitlines():
                command(shlex.split(line, comments=True))
    assert "exit code" not in printed.getvalue(), printed.getvalue()
    for name in ("predicted.csv", "samples.csv", "picture.png", "codes.csv", "new.csv"):
        assert Path(name).stat().st_size > 0
    assert "student_t" in printed.getvalue()
