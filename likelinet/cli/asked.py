"""`likelinet predict --prob` and `--cost`: columns of what is asked of each distribution."""

from typing import Any

import numpy as np

from likelinet.cli.event import Event, as_number
from likelinet.core.errors import DataError
from likelinet.core.wording import close_to, listed, nearest
from likelinet.decisions import Newsvendor
from likelinet.decisions.bayes import decide
from likelinet.distributions import Distribution
from likelinet.distributions.base.family import open_end
from likelinet.model.model import Model
from likelinet.model.predicted_columns import kind_of_numbers, of_numbers

_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "=="}


def probability(model: Model, d: Distribution, event: Event) -> dict[str, np.ndarray]:
    """Return the probability of an event in each row, under a name that says which it is."""
    output, bounds = _about(event, model.target_names)
    classes = d.class_marginals()
    if classes is not None:
        p = classes.class_probabilities()
        labels = model.classes[output] if isinstance(model.classes, list) else model.classes
        holds = _codes(event, bounds, np.arange(p.shape[-1]) if labels is None else labels, d.ordered)
        p = p.reshape(len(p), -1, p.shape[-1])[:, output, : len(holds)]
        values = np.sum(p * holds, axis=-1)  # not by BLAS, whose bits differ from row to row
    else:
        values = _of_number(event, bounds, d.marginals()[:, output] if d.event_shape else d)
    return {f"P({event})": np.clip(values, 0.0, 1.0)}


def _about(event: Event, names: list[str]) -> tuple[int, list[tuple[str, str]]]:
    """Return which output an event is about; and operators with what stands on their right, where y is on the left."""
    known = {name: i for i, name in enumerate(names)} | ({"y": 0} if len(names) == 1 else {})
    left, *rest = event.operands
    at = 1 if len(rest) == 2 or left not in known else 0
    if (name := event.operands[at]) not in known:
        if between := [word for word in event.operands if word in known]:
            raise DataError(
                f"--prob: '{event}': '{between[0]}' stands between the ends of a range, like 10 < {between[0]} <= 20."
            )
        also = ", or y" if len(names) == 1 and names != ["y"] else ""
        words = [word for word in (name, *event.operands) if as_number(word) is None]
        wrong = f", and not '{words[0]}'{_meant(words[0], names)}" if words else ""
        raise DataError(f"--prob: '{event}' must name what the model predicts, {listed(names)}{also}{wrong}.")
    before = [(_TURNED[event.operators[0]], left)] if at == 1 else []
    after = [(event.operators[-1], rest[-1])] if at == 0 or len(rest) == 2 else []
    return known[name], before + after


def _meant(word: str, names: list[str]) -> str:
    close = close_to(word, names)
    return "" if close is None else f" (did you mean '{close}'?)"


def _of_number(event: Event, bounds: list[tuple[str, str]], d: Distribution) -> np.ndarray:
    """Return the probability that a number lies within bounds."""
    low, high, ends = -np.inf, np.inf, list[tuple[str, float]]()
    for op, text in bounds:
        end = as_number(text)
        if end is None:
            raise DataError(f"--prob: '{event}': '{text}' is no number; write it without a unit, as 12.5.")
        ends.append((op, end))
        if op == "==" and not (d.support.integer or end in d.atoms):
            raise DataError(f"--prob: '{event}' has no probability, as y is continuous; ask for a range around it.")
        inner = float(open_end(d, np.float64(end)))  # below which there is all of y < end
        low = end if op == ">" else inner if op in (">=", "==") else low
        high = inner if op == "<" else end if op in ("<=", "==") else high
    _refuse_empty(event, ends)
    if high == np.inf:
        return d.sf(low)
    return d.cdf(high) if low == -np.inf else d.prob_between(low, high)


def _refuse_empty(event: Event, ends: list[tuple[str, float]]) -> None:
    """Raise `DataError` where no number lies between the ends of a range."""
    if len(ends) == 2:
        (_, low), (_, high) = sorted(ends, key=lambda end: end[0], reverse=True)  # > before <
        if low > high or (low == high and any("=" not in op for op, _ in ends)):
            raise DataError(f"--prob: '{event}' is an empty range: write the lower end first, as 10 < y <= 20.")


def _codes(event: Event, bounds: list[tuple[str, str]], labels: Any, ordered: bool) -> np.ndarray:
    """Return for each class whether the event holds, as 0 or 1."""
    names = [str(label) for label in np.asarray(labels).tolist()]
    numbers = [as_number(name) for name in names]
    # Numbers that stand in their order are compared as such, also with one between them.
    numeric = ordered and None not in numbers and bool(np.all(np.diff(np.asarray(numbers, dtype=np.float64)) > 0.0))
    place = np.asarray(numbers if numeric else range(len(names)), dtype=np.float64)
    holds, ends = np.ones(len(names), bool), list[tuple[str, float]]()
    for op, text in bounds:
        end = as_number(text) if numeric else None
        if text not in names and (end is None or (op == "==" and end not in place)):
            raise DataError(f"--prob: '{event}': '{text}' is none of the classes{nearest(text, names)}.")
        if op != "==" and not ordered:
            raise DataError(f"--prob: '{event}': the classes {listed(names)} have no order; ask by ==.")
        at = names.index(text) if end is None else end
        ends.append((op, at))
        holds &= {"<": place < at, "<=": place <= at, ">": place > at, ">=": place >= at, "==": place == at}[op]
    _refuse_empty(event, ends)
    return holds.astype(np.float64)


def decision(model: Model, d: Distribution, costs: tuple[float, float]) -> dict[str, np.ndarray]:
    """Return the number to order or to plan with, where too few and too many have costs, and what it will cost."""
    d = of_numbers(d, "--cost")
    each, loss = d.marginals(), Newsvendor(*costs)
    made = [decide(each[:, j], loss) for j in range(each.batch_shape[1])] if d.event_shape else [decide(d, loss)]
    action, expected = (np.stack(v, axis=-1) for v in ([m.action for m in made], [m.expected_loss for m in made]))
    shape = action.shape if d.event_shape else action.shape[:1]
    return {"action": action.reshape(shape).astype(kind_of_numbers(model, d)), "expected_loss": expected.reshape(shape)}
