"""`likelinet show`: a model and its training in words."""

from collections.abc import Sequence

import numpy as np

from likelinet.config import dump_config
from likelinet.config.network import VAEConfig
from likelinet.config.plain import in_one_line
from likelinet.core.wording import counted, ended, shown
from likelinet.model.model import Model
from likelinet.tables.kinds.kind import Kind
from likelinet.tables.rows import output_names
from likelinet.training.history import History

ORDERLY = ("finished", "early stopping")  # endings of which a list says nothing
COLUMNS = 12  # how many of them are described, each in a line


def describe(model: Model) -> str:
    """Return config, size and history as text."""
    epochs = model.history.epochs
    lines = [dump_config(model.config).rstrip(), "", f"parameters: {model.n_parameters}"]
    if outputs := output_names(model.config.data):
        lines.append(f"target: {', '.join(outputs)}")
    worn = {name: how.words for name, how in model.written.items() if how.words and name not in model.feature_names}
    lines += [f"written: '{shown(name)}' as {words}" for name, words in worn.items()]
    lines += [f"inputs: {', '.join(model.feature_names) or 'none (intercept only)'}", *columns_in_words(model.kinds)]
    match model.classes:
        case None:
            pass
        case list() as each:
            of_outputs = zip(model.target_names, each, strict=True)
            lines += [f"classes of {name}: {', '.join(map(str, known))}" for name, known in of_outputs]
        case known:
            lines.append(f"classes: {', '.join(map(str, known))}")
    lines += [choice] if (choice := choice_in_lines(model)) else []
    if model.recalibrated is not None:
        lines.append(f"recalibrated: {model.recalibrated}")
    lines += [
        f"training: {summary(model)}",
        *groups_in_words(model),
        "",
        f"{'epoch':>6s} {f'train {loss_name(model)}':>12s} {'validation':>12s} {'rate':>10s} {'seconds':>8s}",
    ]
    for i in sorted({*range(0, len(epochs), max(1, len(epochs) // 12)), len(epochs) - 1} & set(range(len(epochs)))):
        e = epochs[i]
        held = "" if e.validation_nll is None else f"{np.mean(e.validation_nll):12.5g}"
        epoch = f"{e.epoch}" if e.group is None else f"{e.group + 1}: {e.epoch}"
        lines.append(f"{epoch:>6s} {np.mean(e.train_nll):12.5g} {held:>12s} {e.learning_rate:10.3g} {e.seconds:8.2f}")
    return "\n".join(lines)


def groups_in_words(model: Model) -> list[str]:
    """Return a line for each group of members, on what differs, how well it predicts, and its weight."""
    history, groups, declared = model.history, model.history.groups, model.config.groups or ()
    if not groups:
        return []
    many = [counted(group.members, "member") for group in groups]
    left = [f"group {g + 1}" for g in range(len(groups), len(declared))]
    say = sum(group.weight > 0.0 for group in groups)
    rest = f"; {_ending(history.stopped)}, so that {' and '.join(left)} had no training" if left else ""
    by = "; ".join(["their weight", *filter(None, [history.factor_in_words])])
    lines = [f"groups: {say} of {len(declared)}, by {by}{rest}"]
    for group, members in zip(groups, many, strict=True):
        nll = "" if group.out_of_fold_nll is None else f"  {loss_name(model)} out-of-fold {group.out_of_fold_nll:.5g}"
        how = "" if group.stopped in ORDERLY else f"  {_ending(group.stopped)}"
        says = f"weight {group.weight:5.3f}" if group.weight else "left out    "
        lines.append(f"  {says}  {members:>{max(map(len, many))}s}{how}{nll}  {group.in_brief}")
    return lines


def _ending(stopped: str) -> str:
    """Return how a training ended, in words."""
    return "cut off by training.time" if stopped == "time" else stopped


def choice_in_lines(model: Model) -> str:
    """Return how the family was chosen, with the scores of all that could be; "" of one that was named."""
    choice = model.history.choice
    if choice is None:
        return ""
    what = shown(", ".join(output_names(model.config.data)) or "y")
    if not choice.ranked:
        return ended(f"Family: {choice.family}, since '{what}' {shown(choice.why)}")
    width = max(len(c.family) for c in choice.candidates)
    lines = [f"Family: {choice.families}, chosen since '{what}' {shown(choice.why)}; {choice.measure}:"]
    lines += [
        f"  {c.family:{width}s} {c.log_score:11.4f}"
        + ("" if c.family == choice.family else f"{c.difference:11.4f} ± {c.standard_error:.4f}")
        for c in choice.ranked
    ]
    return "\n".join([*lines, *(f"  {c.family:{width}s} failed: {c.error}" for c in choice.candidates if c.error)])


def what_is_read(model: Model) -> str:
    """Return how the columns are read that are not plain numbers; "" where all are."""
    told = [kind for kind in model.kinds if not kind.plain]
    told = sorted(told, key=lambda kind: kind.width > 0) if len(told) > COLUMNS else told  # what is left out is not cut
    others = len(model.kinds) - len(told)
    beside = f", beside {counted(others, 'plain number')}" if others else ""
    return "\n".join([f"Columns{beside}:", *columns_in_words(told)]) if told else ""


def columns_in_words(kinds: Sequence[Kind], most: int = COLUMNS) -> list[str]:
    """Return a line for each of the first columns, on what it is taken for, and one on how many more there are."""
    some = kinds[:most]
    width = max((len(shown(kind.name)) for kind in some), default=0)
    lines = [f"  {shown(kind.name):{width}s}  {' '.join(kind.describe().split())}" for kind in some]
    return [*lines, f"  … and {len(kinds) - most} more"] if len(kinds) > most else lines


def suspects_in_comment(missing: Sequence[float | str], suspects: Sequence[float]) -> list[str]:
    """Return a line of a config, in a comment, on numbers that may mean missing cells beside those known; or none."""
    if not suspects:
        return []
    return [f"  # missing: {in_one_line(as_written([*missing, *suspects]))}  # if these mean missing cells"]


def as_written(missing: Sequence[float | str]) -> list[float | str]:
    """Return cells that mean missing ones as a user writes them: whole numbers without a point."""
    return [int(m) if isinstance(m, float) and m.is_integer() else m for m in missing]


def summary(model: Model) -> str:
    """Return one line on how training went."""
    history = model.history
    engine = "" if history.engine == "numpy" else f" with {history.engine}"
    many = f"{counted(model.n_parameters, 'parameter')}{engine} in {counted(history.most_epochs, 'epoch')}"
    if (quality := model.config.quality) != "plain":
        many = f"{model.config.many_networks} (quality {quality}), {many}"
    line = f"Fitted {many} ({_how_it_ended(history)}; {history.best_in_words})"
    if not history.epochs and history.stopped == "finished":
        return f"{line}: the start was already the maximum"
    if history.stopped == "diverged":
        return f"{line}: the start was already the best; lower training.optimizer.learning_rate"
    if history.untrained:
        return f"{line}: not trained, the weights are those of the start"
    if history.epochs and not any(history.best_epoch):
        return f"{line}: the start was already the best"
    if not history.epochs:
        return line
    loss = loss_name(model)
    if not history.groups:
        line = f"{line}; last train {loss} {np.mean(history.epochs[-1].train_nll):.4g}"
    return line + _validation(history, loss)


def _how_it_ended(history: History) -> str:
    """Return how a training ended; one that was stopped early with the patience, which the config may leave open."""
    if history.stopped == "early stopping" and not history.groups and history.kept_validation_nll:
        return f"early stopping after {counted(history.most_epochs - max(history.best_epoch), 'epoch')} without gain"
    return _ending(history.stopped)


def loss_name(model: Model) -> str:
    """Return what the training minimises."""
    return "-ELBO" if isinstance(model.config.network, VAEConfig) else "NLL"


def _validation(history: History, loss: str) -> str:
    """Return the validation loss of the weights that are kept, averaged over the members, and that out of fold."""
    kept = history.kept_validation_nll
    if history.out_of_fold_nll is None:
        return f", best validation {loss} {np.mean(kept):.4g}" if kept else ""
    single = f", best validation {loss} of single networks {np.mean(kept):.4g}, of their mixture:" if kept else ","
    return f"{single} {history.scores_in_words[-1]}"
