"""The demos: real data that scikit-learn ships, a baseline beside the model, samples, a picture and a model file."""

import functools
import sys
from pathlib import Path

import numpy as np
import pytest
import yaml

import likelinet as ll
from likelinet.cli.demo import load_demo
from tests.small import cli

FAMILIES = ("gaussian", "bernoulli", "categorical")
CODES = ("autoencoder", "vae")


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Train for a few epochs instead of all."""
    training = ll.TrainingConfig(epochs=3)
    monkeypatch.setattr("likelinet.cli.demo.ModelConfig", functools.partial(ll.ModelConfig, training=training))
    monkeypatch.setattr("likelinet.cli.demo_codes.TRAINING", training)


@pytest.mark.filterwarnings("ignore:Numbers outside of the range of training:UserWarning")
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
@pytest.mark.parametrize("kind", CODES)
def test_demo_of_codes(kind: str, tmp_path: Path):
    done = cli("demo", kind, "-o", tmp_path / "out")
    assert (done.code, done.err) == (0, "")
    file, picture = (tmp_path / "out" / f"{kind}.{end}" for end in ("safetensors", "png"))
    assert done.out.endswith(f"Picture: {picture}\nModel:   {file}\n")
    assert picture.read_bytes().startswith(b"\x89PNG")
    title, _, config, _, table, *rest = done.out.split("\n\n")
    model = ll.Model.load(file)
    assert ll.ModelConfig.model_validate(yaml.safe_load(config)) == model.config
    train, test, _, name = load_demo(kind)
    assert title.startswith(name)
    metrics = {words[0]: [float(w) for w in words[1:]] for words in map(str.split, table.splitlines()[1:])}
    expected = model.evaluate(test)
    assert {k: metrics[k][0] for k in expected} == {k: round(v, 4) for k, v in expected.items()}
    # Without a code each pixel has one probability for all images, the share of the training images where it is 1.
    pixels, held = (np.stack(list(t.columns.values()), axis=1) for t in (train, test))
    p = np.clip(pixels.mean(axis=0), 0.5 / train.n, 1.0 - 0.5 / train.n)
    nll = -np.where(held == 1.0, np.log(p), np.log1p(-p)).sum(axis=1).mean()
    assert metrics["nll"][1] == pytest.approx(nll, abs=0.5)  # above it where a pixel was 0 in all training images
    if kind == "vae":
        assert metrics["elbo"][0] < metrics["bound_500"][0]
    blocks = [title, *rest]
    assert sum(block.startswith("Images, ") for block in blocks) == (3 if kind == "vae" else 2)
    first = blocks[blocks.index("Images, held out:") + 1].split("  |  ")[0]
    assert [c == "█" for c in first[::2]] == (held[0][: len(first[::2])] == 1.0).tolist()


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


@pytest.mark.parametrize("name", [*FAMILIES, *CODES])
def test_rows_are_split_once(name: str):
    train, test, target, _ = load_demo(name)
    again = load_demo(name)[1]
    column = list(test.columns)[-1]
    assert column == target or target is None
    assert (test.columns[column] == again.columns[column]).all()
    assert 3.9 < train.n / test.n < 4.2
