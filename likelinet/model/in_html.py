"""A model in HTML, as a notebook shows it: what `repr` says, and tables of columns, families, groups and scores."""

from collections.abc import Iterable, Sequence
from html import escape

from likelinet.config import ModelConfig
from likelinet.core.wording import counted, ended, shown
from likelinet.model.fit import Fit
from likelinet.tables.kinds.kind import Kind
from likelinet.training.history import History

COLUMNS = 50  # listed at most
# Its own paper and ink, since a notebook may be dark where the browser is light.
CSS = """
.likelinet-model { --paper: #fff; --ink: #1c2733; --soft: #5b6774; --line: #d5dbe1; background: var(--paper);
  color: var(--ink); padding: .5em .8em; border: 1px solid var(--line); border-radius: .3em; overflow-x: auto; }
@media (prefers-color-scheme: dark) { .likelinet-model { --paper: #14191f; --ink: #e3e8ee; --soft: #a0abb7;
  --line: #39434e; } }
.likelinet-model table { border-collapse: collapse; margin: .4em 0; background: none; color: inherit; }
.likelinet-model tr { background: none; }
.likelinet-model th, .likelinet-model td { text-align: left; padding: .15em .8em .15em 0; vertical-align: top;
  border-bottom: 1px solid var(--line); background: none; color: inherit; }
.likelinet-model th, .likelinet-model caption { color: var(--soft); text-align: left; }
.likelinet-model p { margin: .4em 0; }
.likelinet-model summary { cursor: pointer; }
"""


def in_html(text: str, config: ModelConfig, fit: Fit | None, y: str) -> str:
    """Return a model as a piece of HTML that needs nothing beside it; all that comes from data is escaped.

    Parameters
    ----------
    text : str
        What `repr` says.
    config : ModelConfig
        The declaration.
    fit : Fit or None
        What was learned.
    y : str
        How messages call y.
    """
    parts = [f"<p><code>{escape(text)}</code></p>"]
    if fit is not None:
        parts += [_columns(fit.inputs.columns), *_family(config, fit.history, y), _groups(fit.history)]
        parts.append(_training(fit.history))
    return f'<div class="likelinet-model"><style>{CSS}</style>{"".join(parts)}</div>'


def _columns(kinds: Sequence[Kind]) -> str:
    rows = [[shown(kind.name), " ".join(kind.describe().split()), f"{kind.width}"] for kind in kinds[:COLUMNS]]
    rows += [[f"… and {len(kinds) - COLUMNS} more", "", ""]] if len(kinds) > COLUMNS else []
    listed = _table("", ["feature", "what it is taken for", "inputs"], rows)
    return f"<details><summary>{counted(len(kinds), 'feature')}</summary>{listed}</details>"


def _family(config: ModelConfig, history: History, y: str) -> list[str]:
    choice = history.choice
    if choice is None:
        families = " + ".join(dict.fromkeys(group.distribution.in_brief for group in config.each_group))
        return [_said(f"{y} follows {families}, as declared.")]
    why = _said(ended(f"{y} follows {choice.families}, since it {shown(choice.why)}"))
    rows = [
        [c.family, _number(c.log_score), _number(c.difference), _number(c.standard_error)]
        for c in choice.ranked
        if len(choice.ranked) > 1
    ]
    return [why, _table(choice.measure, ["family", "log score", "difference", "std. error"], rows)]


def _groups(history: History) -> str:
    rows = [
        [g.in_brief, f"{g.members}", f"{g.weight:.3f}", _number(g.out_of_fold_nll), g.stopped] for g in history.groups
    ]
    caption = ", ".join(["groups of members", *filter(None, [history.factor_in_words])])
    return _table(caption, ["group", "members", "weight", "out-of-fold NLL", "training"], rows)


def _training(history: History) -> str:
    scores = [f"{counted(history.most_epochs, 'epoch')} in {history.seconds:.1f} s", history.best_in_words]
    scores += [history.stopped, *history.scores_in_words]
    return _said(f"Training: {', '.join(scores)}.")


def _said(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def _table(caption: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table, or nothing where it has no rows."""
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    if not body:
        return ""
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    headings = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    return f"<table>{title}<thead><tr>{headings}</tr></thead><tbody>{body}</tbody></table>"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"
