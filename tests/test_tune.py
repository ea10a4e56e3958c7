"""Configs that are tried: their scores by other ways to the same numbers, and searches that stop and go on."""

import errno
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import likelinet as ll
from likelinet.scores.paired import paired
from likelinet.selection import search as searches
from likelinet.selection.comparison import compare, ranked
from likelinet.selection.search import Search, Trial
from likelinet.selection.trial import BLOCKS, in_blocks
from likelinet.tables.table import as_table
from tests.small import COLUMNS

pytest.importorskip("optuna", reason="tune needs likelinet[tune]: .ci/run has an environment with it")

CONFIG = ll.ModelConfig(
    quality="plain", data={"target": "price"}, network={"hidden": [4]}, training={"epochs": 12, "seed": 3}
)
GRID = {"network.hidden": [[], [4], [4, 4]], "training.optimizer.learning_rate": [0.001, 0.1]}
RATES = {"training.optimizer.learning_rate": {"low": 1e-4, "high": 0.3, "log": True}, "network.hidden": [[4], [8]]}
Told = Callable[[Trial], None]


def tuned(search: Any = GRID, trials: int = 40, config: ll.ModelConfig = CONFIG, **more: Any) -> Any:
    return ll.tune(config, COLUMNS, search, trials, folds=2, **more)


def plain(trials: list[Trial]) -> list[tuple[Any, ...]]:
    """Return what must be the same, whatever the machine does."""
    return [(t.number, t.values, t.state, t.log_score, t.of_blocks, t.error) for t in trials]


@pytest.fixture
def tries(monkeypatch: pytest.MonkeyPatch) -> Counter[int]:
    """Return how often each config was tried in this process."""
    found: Counter[int] = Counter()

    def counting(shared: Any, task: Any) -> Any:
        found[task.number] += 1
        return original(shared, task)

    original = searches.tried
    monkeypatch.setattr(searches, "tried", counting)
    return found


# ---- scores ------------------------------------------------------------------------------------------------------


def test_a_small_space_is_tried_in_full_and_scored_as_compare_scores():
    found = tuned()
    assert [t.values for t in found.trials] == [
        {"network.hidden": hidden, "training.optimizer.learning_rate": rate}
        for hidden in ([], [4], [4, 4])
        for rate in (0.001, 0.1)
    ]
    models = {
        str(t.number): ll.ModelConfig(
            quality="plain",
            data={"target": "price"},
            network={"hidden": t.values["network.hidden"]},
            training={"epochs": 12, "seed": 3, "optimizer": {"learning_rate": t.values[[*t.values][1]]}},
        )
        for t in found.trials
    }
    by_compare = ranked(list(compare(CONFIG, models, as_table(COLUMNS), 2)))
    assert [str(t.number) for t in found.ranking] == [r.family for r in by_compare]
    assert [t.log_score for t in found.ranking] == [r.log_score for r in by_compare]
    assert found.config == models[by_compare[0].family]
    plan = Search.of(CONFIG, as_table(COLUMNS), GRID, 2)
    for (_, own), other in zip(plan.ranked(found.trials), by_compare, strict=True):
        assert own.difference == pytest.approx(other.difference, rel=1e-12, abs=1e-15)
        assert own.standard_error == pytest.approx(other.standard_error, rel=1e-12)


def test_declared_folds_score_each_config_by_the_members_that_held_rows_out():
    config = CONFIG.model_copy(update={"ensemble": 2, "training": ll.TrainingConfig(epochs=12, seed=3, folds=2)})
    config = ll.ModelConfig(
        quality="plain",
        data={"target": "price"},
        network={"hidden": [4]},
        ensemble=2,
        training={"epochs": 12, "seed": 3, "folds": 2},
    )
    found = tuned({"network.hidden": [[4], [6]]}, config=config)
    for trial in found.trials:
        one = ll.ModelConfig.model_validate(
            {**config.model_dump(), "network": {"hidden": trial.values["network.hidden"]}}
        )
        nll = ll.Model(one).fit(COLUMNS, progress=False).history.out_of_fold_nll
        assert trial.log_score == pytest.approx(-nll, rel=1e-12)
    # Members that hold rows out are of no use to choose how many they are.
    assert not Search.of(config, as_table(COLUMNS), {"ensemble": [2, 3]}).by_members


def test_block_means_have_the_mean_and_nearly_the_standard_error_of_the_rows():
    rng = np.random.default_rng(0)
    values, weight = rng.normal(size=5000), rng.uniform(0.5, 2.0, 5000)
    means, of_block = in_blocks(values, weight)
    assert len(means) == BLOCKS
    assert np.average(means, weights=of_block) == pytest.approx(np.average(values, weights=weight), rel=1e-12)
    nothing = paired(values, np.zeros(5000), weight)[1], paired(means, np.zeros(BLOCKS), of_block)[1]
    assert nothing[1] == pytest.approx(nothing[0], rel=0.15)


def test_configs_that_cannot_be_fitted_say_why_and_others_go_on():
    found = tuned({"distribution.kind": ["poisson", "gaussian"]})
    assert [t.state for t in found.trials] == ["failed", "complete"]
    assert "must be a whole number" in str(found.trials[0].error)
    with pytest.raises(ll.DataError, match=r"^None of the configs could be fitted.* The first one: .*whole number"):
        tuned({"distribution.kind": ["poisson", "geometric"]})


def test_scores_of_masses_are_not_ranked_among_densities():
    config = ll.ModelConfig(quality="plain", data={"target": "visits", "features": []})
    found = tuned({"distribution.kind": ["poisson", "gaussian"]}, config=config)
    assert [t.state for t in found.trials] == ["complete", "failed"]
    assert "of density at y, and do not compare with those before, of probability of y" in str(found.trials[1].error)


def test_the_order_in_which_trials_end_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    @contextmanager
    def last_first(shared: Any, *_: Any) -> Iterator[Any]:
        yield lambda work, tasks: [(task, work(shared, task)) for task in tasks][::-1]

    config = ll.ModelConfig(quality="plain", data={"target": "visits", "features": []})
    search = {"distribution.kind": ["poisson", "gaussian"]}
    want = tuned(search, config=config)
    monkeypatch.setattr(searches, "runner", last_first)
    for found in (tuned(search, config=config, storage=tmp_path / "s") for _ in range(2)):
        assert plain(found.trials) == plain(want.trials)
        assert found.config == want.config
    assert [t.state for t in want.trials] == ["complete", "failed"]


@pytest.mark.slow
def test_poor_fits_are_given_up():
    found = tuned(RATES, 20)
    states = Counter(t.state for t in found.trials)
    assert states["pruned"] >= 2
    assert {t.state for t in found.trials[:10]} == {"complete"}  # there was nothing to compare with
    assert all(t.log_score is None and t.of_blocks == [] for t in found.trials if t.state == "pruned")
    assert [t.state for t in found.ranking] == ["complete"] * states["complete"]


# ---- the storage -------------------------------------------------------------------------------------------------


class Stop(Exception):
    """Ends a search, as a kill would."""


def stopping(after: int) -> Told:
    told: list[Trial] = []

    def report(trial: Trial) -> None:
        told.append(trial)
        if len(told) == after:
            raise Stop

    return report


@pytest.mark.slow
@pytest.mark.parametrize("after", [3, 10, 13])
def test_a_search_that_was_stopped_goes_on_as_if_it_had_not_been(after: int, tmp_path: Path, tries: Counter[int]):
    whole = tuned(RATES, 21)
    tries.clear()
    with pytest.raises(Stop):
        tuned(RATES, 21, storage=tmp_path / "s", report=stopping(after))
    assert plain(tuned(RATES, 21, storage=tmp_path / "s").trials) == plain(whole.trials)
    assert tries == Counter(range(21))
    again = tuned(RATES, 21, storage=tmp_path / "s")
    assert plain(again.trials) == plain(whole.trials)
    assert tries == Counter(range(21))


@pytest.mark.slow
def test_more_trials_go_on_from_those_that_are_there(tmp_path: Path, tries: Counter[int]):
    tuned(RATES, 10, storage=tmp_path / "s")
    assert plain(tuned(RATES, 14, storage=tmp_path / "s").trials) == plain(tuned(RATES, 14).trials)
    assert tries[0] == 2
    assert tries[13] == 2


def test_no_config_is_fitted_twice(tmp_path: Path, tries: Counter[int]):
    few = {"network.hidden": [[], [4], [3]]}
    tuned(few, 2, storage=tmp_path / "s")
    found = tuned(few, 3, storage=tmp_path / "s")  # in full, now
    assert sorted(t.values["network.hidden"] for t in found.trials) == [[], [3], [4]]
    assert tries == Counter(range(3))
    tries.clear()
    many = {"network.hidden": [[], [4], [3]], "ensemble": {"low": 1, "high": 5}}
    found = tuned(many, 13)
    by_values = {json.dumps(t.values): plain([t])[0][2:] for t in found.trials}
    assert sum(tries.values()) == len({json.dumps(t.values) for t in found.trials}) < 13
    assert all(plain([t])[0][2:] == by_values[json.dumps(t.values)] for t in found.trials)


@pytest.mark.parametrize(("torn", "again"), [(1, [2]), (2, [1, 2])])
def test_a_line_that_was_torn_is_left_out(torn: int, again: list[int], tmp_path: Path, tries: Counter[int]):
    with pytest.raises(Stop):
        tuned(storage=tmp_path / "s", report=stopping(3))
    (tmp_path / "s.lock").symlink_to("s")  # as after a kill in the middle of a line
    lines = (tmp_path / "s").read_bytes().splitlines(keepends=True)
    assert "outcome" in json.loads(lines[-1])["user_attr"]
    (tmp_path / "s").write_bytes(b"".join(lines[:-torn]) + lines[-torn][:20])
    found = tuned(storage=tmp_path / "s")
    assert tries == Counter([*range(6), *again])
    assert plain(found.trials) == plain(tuned().trials)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"config": ll.ModelConfig(**{**CONFIG.model_dump(), "ensemble": 2})}, "another config: "),
        ({"search": {"ensemble": [1, 2]}}, "another space: ensemble, network.hidden, training.optimizer.learning_rate"),
        ({"table": {**COLUMNS, "age": COLUMNS["age"][::-1]}}, "another table: age;"),
        ({"folds": 3}, "another number of folds;"),
    ],
)
def test_another_search_is_refused_by_name(changed: dict[str, Any], message: str, tmp_path: Path, tries: Counter[int]):
    given: dict[str, Any] = {"config": CONFIG, "table": COLUMNS, "search": GRID, "folds": 2, "storage": tmp_path / "s"}
    ll.tune(trials=6, **given)
    before = (tmp_path / "s").read_bytes()
    tries.clear()
    with pytest.raises(ll.ConfigError, match=f"its trials are of {message}"):
        ll.tune(trials=6, **{**given, **changed})
    assert not tries
    assert (tmp_path / "s").read_bytes() == before


@pytest.mark.parametrize("content", ["a,b\n1,2\n", "a", '{"kind": "gaussian"}\n'])
def test_another_file_is_left_alone(content: str, tmp_path: Path):
    (tmp_path / "s").write_text(content)
    with pytest.raises(ll.DataError, match="holds no trials; name another file"):
        tuned(storage=tmp_path / "s")
    assert (tmp_path / "s").read_text() == content


def test_two_searches_do_not_write_one_file(tmp_path: Path):
    def second(_: Trial) -> None:
        with pytest.raises(ll.DataError, match="another search is writing its trials there"):
            tuned(storage=tmp_path / "s")
        raise Stop

    with pytest.raises(Stop):
        tuned(storage=tmp_path / "s", report=second)


@pytest.mark.skipif(os.name == "nt", reason="no locks there")
def test_where_there_are_no_locks_trials_are_kept_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def none(*_: Any) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("fcntl.flock", none)
    found = tuned({"network.hidden": [[], [4]]}, storage=tmp_path / "s")
    assert plain(tuned({"network.hidden": [[], [4]]}, storage=tmp_path / "s").trials) == plain(found.trials)


def test_no_trial_begins_after_its_time(tmp_path: Path):
    with pytest.raises(ll.DataError, match="no time for a single trial"):
        tuned(storage=tmp_path / "s", time=1e-9)
    assert plain(tuned(storage=tmp_path / "s").trials) == plain(tuned().trials)


# ---- processes ---------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_two_processes_give_the_same_trials():
    assert plain(tuned(RATES, 14, jobs=2).trials) == plain(tuned(RATES, 14).trials)
