"""The commands for autoencoders: y is x, codes, and rows that were never there."""

import json
from pathlib import Path

import numpy as np
import pytest

import likelinet as ll
from tests.small import cli, read_csv, write_csv

RNG = np.random.default_rng(3)
WIDTH = RNG.normal(50.0, 5.0, 80)
COLUMNS = {"width": WIDTH, "height": 2.0 * WIDTH + RNG.normal(0.0, 1.0, 80), "depth": RNG.normal(7.0, 1.0, 80)}
CONFIG = """
network: {kind: vae, encoder: [8], latent: 2, decoder: [8], kl_warm_up: 2}
training: {epochs: 3, batch_size: 20}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a table, a config and a fitted model."""
    folder = tmp_path_factory.mktemp("codes")
    write_csv(folder / "table.csv", COLUMNS)
    (folder / "vae.yaml").write_text(CONFIG, encoding="utf-8")
    result = cli("fit", folder / "vae.yaml", folder / "table.csv", "-o", folder / "vae.safetensors")
    assert result.code == 0, result.err
    assert "last train -ELBO" in result.out
    history = ll.Model.load(folder / "vae.safetensors").history
    assert history.best_epoch == [3]  # after the warm-up, however low the validation loss was in it
    assert f"best validation -ELBO {history.epochs[2].validation_nll[0]:.4g}, " in result.out
    return folder


def test_codes(folder: Path):
    result = cli("encode", folder / "vae.safetensors", folder / "table.csv")
    found = read_csv(result.out)
    assert list(found) == ["code_1", "code_2"]
    want = ll.Model.load(folder / "vae.safetensors").encode(COLUMNS)
    np.testing.assert_allclose(np.array([found[c] for c in found], dtype=float).T, want, rtol=1e-5)


def test_generated_rows(folder: Path):
    result = cli("generate", folder / "vae.safetensors", "-n", 5, "--seed", 1)
    found = read_csv(result.out)
    assert list(found) == list(COLUMNS)
    want = ll.Model.load(folder / "vae.safetensors").generate(5, seed=1)
    np.testing.assert_allclose(np.array([found[c] for c in found], dtype=float).T, want, rtol=1e-12)


def test_predictions_and_draws_are_of_the_columns_themselves(folder: Path):
    predicted = read_csv(cli("predict", folder / "vae.safetensors", folder / "table.csv", "--quantiles", "0.5").out)
    assert list(predicted) == [f"{what}_{name}" for what in ("mean", "q0.5") for name in COLUMNS]
    drawn = read_csv(cli("sample", folder / "vae.safetensors", folder / "table.csv", "-n", 1, "--seed", 0).out)
    assert list(drawn) == ["sample_1_width", "sample_1_height", "sample_1_depth"]
    scores = json.loads(cli("evaluate", folder / "vae.safetensors", folder / "table.csv", "--json").out)
    model, y = ll.Model.load(folder / "vae.safetensors"), np.stack(list(COLUMNS.values()), axis=1)
    assert scores["elbo"] == pytest.approx(model.elbo(COLUMNS, seed=model.config.training.seed).mean(), rel=1e-9)
    assert scores["nll"] == pytest.approx(
        -model.predict_dist(COLUMNS).log_prob(y).mean(), rel=1e-9
    )  # of y given its code


def test_a_model_without_codes_says_so(folder: Path):
    (folder / "mlp.yaml").write_text("quality: plain\ndata: {target: depth}\ntraining: {epochs: 1}\n", encoding="utf-8")
    assert cli("fit", folder / "mlp.yaml", folder / "table.csv", "-o", folder / "mlp.safetensors").code == 0
    for command in (
        ["encode", folder / "mlp.safetensors", folder / "table.csv"],
        ["generate", folder / "mlp.safetensors"],
    ):
        result = cli(*command)
        assert result.code == 2
        assert "the network 'mlp' has no codes; 'autoencoder' and 'vae' do." in result.err


def test_families_are_not_compared_where_the_code_gives_y_away(folder: Path):
    result = cli("compare", folder / "vae.yaml", folder / "table.csv", "--families", "gaussian,laplace")
    assert result.code == 2
    assert "'vae' sees y before it predicts it" in result.err


def test_a_column_of_text_cannot_be_reconstructed_as_a_number(folder: Path):
    write_csv(folder / "text.csv", {**COLUMNS, "colour": ["red", "blue"] * 40})
    result = cli("fit", folder / "vae.yaml", folder / "text.csv", "-o", folder / "text.safetensors")
    assert result.code == 2
    assert "Column 'colour' holds text, where y is x" in result.err
    assert not (folder / "text.safetensors").exists()
