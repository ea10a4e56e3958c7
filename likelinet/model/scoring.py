"""How good a fitted model's predictions are, by rows with their y."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from likelinet.config.network import VAEConfig
from likelinet.core.errors import DataError
from likelinet.core.gathered import gathered
from likelinet.core.notes import each_kind_once, note
from likelinet.model.questions import Questions
from likelinet.scores.calibration import log_prob
from likelinet.scores.parts import Part, part_of, together
from likelinet.tables.lacking import Lacking
from likelinet.tables.named_target import named_in_stream
from likelinet.tables.rows import Rows, declared_table, share_of, without_weight
from likelinet.tables.stream import Stream
from likelinet.tables.table import Table
from likelinet.tables.undressed import Astray


class Scoring(Questions):
    """The questions for scores, of a table or of a stream."""

    def score(self, X: Any, y: Any = None, sample_weight: ArrayLike | None = None) -> float:
        """Return the mean log-likelihood per row in the units of y; higher is better.

        Of a variational autoencoder it is a lower bound of it, `elbo`; of an autoencoder that of y given its code.
        A `Stream` is scored block by block.
        """
        if isinstance(X, Stream):
            with each_kind_once():
                parts = [(self._log_probs(rows), rows.weight) for rows in self._in_blocks(X, y, sample_weight)]
            sums = np.array([[np.sum(each * weight), weight.sum()] for each, weight in parts]).sum(0)
            return float(sums[0] / sums[1])
        rows = self.observed(X, y, sample_weight)
        return float(np.average(self._log_probs(rows), weights=rows.weight))

    def evaluate(self, X: Any, y: Any = None, sample_weight: ArrayLike | None = None) -> dict[str, float]:
        """Return held-out metrics by name; see `likelinet.scores.evaluate`, and `likelinet.scores.skill` for the last.

        What the scores are better than is the distribution of y in the training rows: the same family, fitted to them,
        the last ones of warm starts, without any x. Neither parts of `partial_fit` nor earlier versions' files tell it.

        Those of an autoencoder are of P(y | z) at the code of each row. A variational one has its `elbo` as well.
        A `Stream` is scored block by block, without the metrics that compare each row with all others.
        """
        if isinstance(X, Stream):
            with each_kind_once():
                found = [self._part(rows) for rows in self._in_blocks(X, y, sample_weight)]
            self._note_seen(Table({}, len(X), files=X.files))
            return self._evaluated(found)
        table = declared_table(X, self.config.data)
        rows = self.observed(table, y, sample_weight)
        self._note_seen(table)
        return self._predicted(rows).scores()

    def _log_probs(self, rows: Rows) -> np.ndarray:
        if isinstance(self.config.network, VAEConfig):
            return self._ask(rows.table, self._bound(rows, 1, self.config.training.seed))
        return log_prob(self.predict_dist(rows.table), rows.y)

    def _part(self, rows: Rows) -> tuple[Part, float | None]:
        found = self._predicted(rows)
        elbo = None if found.bound is None else float(np.average(found.bound, weights=rows.weight))
        return part_of(found.d, rows.y, rows.weight, found.without_x), elbo

    def _evaluated(self, found: list[tuple[Part, float | None]]) -> dict[str, float]:
        parts, bounds = [part for part, _ in found], [elbo for _, elbo in found if elbo is not None]
        scores, left_out = together(parts)
        if left_out:
            names = f"{', '.join(left_out)} {'is' if len(left_out) == 1 else 'are'}"
            note(f"Of a stream, {names} left out, since all rows are needed at once.")
        weights = [part.weight for part in parts]
        return {"elbo": float(np.average(bounds, weights=weights)), **scores} if bounds else scores

    def _in_blocks(self, stream: Stream, y: Any, sample_weight: Any) -> Iterator[Rows]:
        """Yield the rows of each block that has any with a weight and y, and then say which lack y."""
        config, fit, some = named_in_stream(self.config, y, sample_weight), self._fitted(), False
        astray, lacking = dict[str, Astray](), Lacking()
        for block in map(fit.read, stream):
            try:
                rows = self._observed(block, y, None, part=True)
            except DataError:
                if without_weight(block, config.data):
                    continue
                raise
            astray |= {name: astray.get(name, Astray()) + of for name, of in rows.astray.items()}
            lacking += rows.lacking
            if rows.table.n:
                some = True
                yield rows
        gathered(partial(of.check, name, fit.written[name], share_of(config.data)) for name, of in astray.items())
        if not some:
            raise DataError("The table is empty: it has no rows with y.")
        lacking.note(self._roles_of(config).y_name)
