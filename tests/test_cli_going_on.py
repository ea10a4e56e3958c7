"""`likelinet fit --from`: a model file that is trained further."""

from pathlib import Path

import numpy as np

import likelinet as ll
from tests.small import cli, fit
from tests.training.problems import weights


def test_the_command_line_goes_on_from_a_file(tmp_path: Path):
    assert fit(tmp_path, "data.target=price").code == 0
    path, train = tmp_path / "model.safetensors", tmp_path / "train.csv"
    before = ll.Model.load(path)
    result = cli("fit", train, "--from", path, "-o", tmp_path / "more")
    assert (result.code, result.err) == (0, "")
    assert "in 6 epochs" in result.out
    wanted = before.fit(train, warm_start=True)
    found = ll.Model.load(tmp_path / "more")
    np.testing.assert_array_equal(weights(found), weights(wanted))
    slower = "--set", "training.optimizer.learning_rate=1e-5"
    assert cli("fit", train, "--from", path, "-o", tmp_path / "slow", *slower).code == 0
    assert ll.Model.load(tmp_path / "slow").history.epochs[3].learning_rate <= 1e-5
    said = {
        "leave CONFIG and --target out": [[tmp_path / "config.yaml", train], [train, "--target", "price"]],
        "goes on by another training.… or engine alone": [[train, "--set", "ensemble=2"]],
        "the rows to go on with": [[]],
    }
    for sentence, each in said.items():
        for arguments in each:
            refused = cli("fit", *arguments, "--from", path)
            assert (refused.code, sentence in refused.err) == (2, True)
