"""`likelinet fit --from`: a model file that is trained further."""

from pathlib import Path

import numpy as np

import likelinet as ll
from likelinet.model import container
from tests.small import COLUMNS, cli, fit, write_csv
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


def test_every_file_that_was_learned_from_is_remembered(tmp_path: Path):
    first, declared = write_csv(tmp_path / "train.csv", COLUMNS), tmp_path / "config.yaml"
    data = "data: {target: price, features: [size, age, colour]}"
    declared.write_text(f"quality: plain\n{data}\nnetwork: {{hidden: [4]}}\ntraining: {{epochs: 3}}\n")
    a = write_csv(tmp_path / "a.csv", {**COLUMNS, "age": [1 + age for age in COLUMNS["age"]]})
    b = write_csv(tmp_path / "b.csv", {**COLUMNS, "price": COLUMNS["price"][::-1]})
    assert cli("fit", declared, first, "--holdout", "0.25", "-o", tmp_path / "model.safetensors").code == 0
    models = [tmp_path / "model.safetensors", *(tmp_path / f"m{step}" for step in range(4))]
    for table, before, after in zip((b, a, a, first), models, models[1:], strict=False):
        assert cli("fit", table, "--from", before, "-o", after).code == 0
    some, every = "was trained on 30 of these 40 rows", "was trained on these very rows"
    expected = {1: {first: some, b: every, a: ""}, 3: {first: some, b: every, a: every}, 4: {first: every, a: every}}
    for step, of_tables in expected.items():
        for table, said in of_tables.items():
            notes = [line for line in cli("evaluate", models[step], table).err.splitlines() if "trained on" in line]
            assert len(notes) == bool(said)
            assert said in "".join(notes)
    written = [container.load(model)[1]["source"] for model in models]
    assert [len(source.get("earlier", [])) for source in written] == [0, 1, 2, 2, 3]
    assert written[0].keys() == {"rows", "written"}  # what earlier versions write
