"""The demos: real data that scikit-learn ships, a baseline beside the model, samples, a picture and a model file."""

import functools
import sys
from pathlib import Path

import pytest
import yaml

import likelinet as ll
from likelinet.demo import load_demo
from tests.small import cli

FAMILIES = ("gaussian", "bernoulli", "categorical")


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Train for a few epochs instead of all."""
    training = ll.TrainingConfig(epochs=3)
    monkeypatch.setattr("likelinet.demo.ModelConfig", functools.partial(ll.ModelConfig, training=training))


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("family", FAMILIES)
def test_demo(family: str, tmp_path: Path):
    done = cli("demo", family, "-o", tmp_path / "out")
    assert (done.code, done.err) == (0, "")
    file, picture = (tmp_path / "out" / f"{family}.{end}" for end in ("safetensors", "png"))
    assert done.out.endswith(f"Picture: {picture}\nModel:   {file}\n")
    assert picture.read_bytes().startswith(b"\x89PNG")
    title, _, config, *tables = done.out.split("\n\n")
    model = ll.Model.load(file)
    assert ll.ModelConfig.model_validate(yaml.safe_load(config)) == model.config
    _, test, target, name = load_demo(family)
    assert title.startswith(name)
    metrics = {line.split()[0]: float(line.split()[1]) for line in tables[1].splitlines()[1:]}
    assert metrics == {k: round(v, 4) for k, v in model.evaluate(test).items()}
    assert len(tables[3].splitlines()) == 3
    assert all("samples" in line and "observed" in line for line in tables[3].splitlines())
    assert target in model.target_names


@pytest.mark.usefixtures("short")
def test_gaussian_is_the_default(tmp_path: Path):
    done = cli("demo", "-o", tmp_path)
    assert "90 % interval" in done.out
    assert "linear-Gaussian" in done.out
    assert (tmp_path / "gaussian.safetensors").is_file()


def test_without_scikit_learn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    done = cli("demo", "-o", tmp_path / "out")
    assert done.code == 2
    assert done.err == "likelinet: The demos need scikit-learn's data: pip install 'likelinet[sklearn]'.\n"


def test_folder_that_cannot_be_made(tmp_path: Path):
    (tmp_path / "file").write_text("")
    done = cli("demo", "-o", tmp_path / "file" / "out")
    assert done.code == 2
    assert "cannot make the folder" in done.err


@pytest.mark.parametrize("family", FAMILIES)
def test_rows_are_split_once(family: str):
    train, test, target, _ = load_demo(family)
    again = load_demo(family)[1]
    assert (test.columns[target] == again.columns[target]).all()
    assert 3.9 < train.n / test.n < 4.2
