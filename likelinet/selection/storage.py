"""The trials of a search, kept by Optuna in memory or in one file."""

import dataclasses
import json
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from likelinet.core.errors import ConfigError, DataError
from likelinet.core.fields import from_fields
from likelinet.core.locking import lock
from likelinet.core.wording import listed
from likelinet.distributed.extras import needed
from likelinet.selection.space import Choice, Range, Space, Value
from likelinet.selection.trial import COMPLETE, PRUNED, Outcome, not_of_the_first

NAME = "likelinet"  # of the study
LEAST = 10  # trials that are drawn at random, before any are drawn by what others gave


class Trials:
    """The trials of a search, as Optuna has them.

    Parameters
    ----------
    optuna : module
        Optuna.
    storage : object
        Where it keeps them.
    space : Space
        What is drawn from.
    seed : int
        Of the draws.
    grid : bool
        Whether all points of the space are taken, one after the other.
    """

    def __init__(self, optuna: Any, storage: Any, space: Space, seed: int, grid: bool) -> None:
        self._optuna, self._storage, self._space, self._seed, self._grid = optuna, storage, space, seed, grid
        if NAME in optuna.get_all_study_names(storage):
            self._study = optuna.load_study(storage=storage, study_name=NAME)
        else:
            self._study = optuna.create_study(storage=storage, study_name=NAME, direction="maximize")
        self._distributions = {name: self._distribution(key) for name, key in space.keys.items()}

    def drawn(self, many: int) -> None:
        """Draw until there are so many trials; each by its number, the seed and the trials that are ended."""
        begun = self.points()
        left = (point for point in self._space.points() if point not in begun) if self._grid else None
        for number in range(len(begun), many):
            self._study.sampler = self._sampler(number)
            if left is not None and (point := next(left, None)) is not None:
                self._study.enqueue_trial(point)
            self._study.ask(self._distributions)

    def points(self) -> list[dict[str, Value]]:
        """Return what was drawn, trial by trial."""
        return [dict(trial.params) for trial in self._all()]

    def outcomes(self) -> dict[int, Outcome]:
        """Return what came of the trials that are finished, by their numbers."""
        done = {trial.number: trial.user_attrs["outcome"] for trial in self._all() if "outcome" in trial.user_attrs}
        return {number: from_fields(Outcome, outcome, "outcome") for number, outcome in done.items()}

    def apart(self) -> dict[int, str]:
        """Return which complete trials have scores that do not compare with those of the first, and why."""
        return not_of_the_first({n: o.measure for n, o in self.outcomes().items() if o.state == COMPLETE})

    def keep(self, number: int, outcome: Outcome) -> None:
        """Keep what came of a trial, by which nothing is drawn before `end`."""
        study = self._storage.get_study_id_from_name(NAME)
        trial = self._storage.get_trial_id_from_study_id_trial_number(study, number)
        self._storage.set_trial_user_attr(trial, "outcome", dataclasses.asdict(outcome))

    def end(self) -> None:
        """End the trials that are finished, so that others are drawn by what came of them."""
        states, done, apart = self._optuna.trial.TrialState, self.outcomes(), self.apart()
        for number in [trial.number for trial in self._all() if trial.number in done and not trial.state.is_finished()]:
            of = {COMPLETE: states.COMPLETE, PRUNED: states.PRUNED}
            state = states.FAIL if number in apart else of.get(done[number].state, states.FAIL)
            self._study.tell(number, done[number].log_score if state == states.COMPLETE else None, state)

    def check_same(self, of: Mapping[str, Any], path: Path) -> None:
        """Raise unless the trials that are there are of the same table, config and space."""
        of = json.loads(json.dumps(of))
        there = self._study.user_attrs.get("of")
        if there is None:
            self._study.set_user_attr("of", of)
            return
        for part, own in of.items():
            apart = sorted(_apart(there.get(part), own))
            if apart:
                what = f": {listed(apart)}" if apart != [""] else ""
                raise ConfigError(
                    f"{path}: its trials are of another {part}{what}; name another file for the trials of this one."
                )

    def _all(self) -> list[Any]:
        return self._study.get_trials(deepcopy=False)

    def _sampler(self, number: int) -> Any:
        seed = int(np.random.SeedSequence([self._seed, number]).generate_state(1)[0])
        return self._optuna.samplers.TPESampler(n_startup_trials=LEAST, seed=seed)

    def _distribution(self, key: Range | Choice) -> Any:
        kinds = self._optuna.distributions
        if isinstance(key, Choice):
            return kinds.CategoricalDistribution(key.drawn)
        return (kinds.IntDistribution if key.whole else kinds.FloatDistribution)(key.low, key.high, log=key.log)


@contextmanager
def opened(path: Path | None, of: Mapping[str, Any], space: Space, seed: int, grid: bool) -> Generator[Trials]:
    """Give the trials in a file, or new ones in memory; nobody else may write the file meanwhile.

    Raises
    ------
    MissingLibraryError
        If Optuna is not installed.
    ConfigError
        If the trials there are of another table, config or space.
    DataError
        If the file cannot be written, is another one's, or holds no trials.
    """
    optuna = needed("optuna", "tune")
    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        if path is None:
            yield Trials(optuna, optuna.storages.InMemoryStorage(), space, seed, grid)
            return
        with _alone(path):
            _without_torn_end(path)
            journal = needed("optuna.storages.journal", "tune")
            try:
                trials = Trials(
                    optuna, optuna.storages.JournalStorage(journal.JournalFileBackend(str(path))), space, seed, grid
                )
                trials.check_same(of, path)
            except (KeyError, TypeError, AttributeError, json.JSONDecodeError):
                raise DataError(f"{path}: holds no trials; name another file.") from None
            yield trials
    finally:
        optuna.logging.set_verbosity(before)


@contextmanager
def _alone(path: Path) -> Generator[None]:
    """Raise where another process has the file."""
    try:
        file = path.open("ab")
    except OSError as error:
        raise DataError(f"{path}: cannot write ({error.strerror}); check the folder.") from None
    with file:
        try:
            lock(file.fileno())
        except BlockingIOError:
            raise DataError(
                f"{path}: another search is writing its trials there; wait for it, or name another file."
            ) from None
        Path(f"{path}.lock").unlink(missing_ok=True)  # which Optuna leaves where it is killed while it writes
        yield


def _without_torn_end(path: Path) -> None:
    """Cut off a last line that was not written to its end; raise where it is another file."""
    with path.open("rb+") as file:
        content = file.read()
        if content and not content.startswith(b'{"op_code"'):
            raise DataError(f"{path}: holds no trials; name another file.")
        if not content.endswith(b"\n"):
            file.truncate(content.rfind(b"\n") + 1)


def _apart(there: Any, own: Any, key: str = "") -> Iterator[str]:
    """Yield the keys by which plain data differs."""
    if isinstance(there, dict) and isinstance(own, dict):
        for name in there.keys() | own.keys():
            yield from _apart(there.get(name), own.get(name), f"{key}.{name}" if key else name)
    elif there != own:
        yield key
