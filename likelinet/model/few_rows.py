"""A note where there are so few rows that a network is too sure of new ones."""

from likelinet.config import ModelConfig
from likelinet.config.network import CoderConfig
from likelinet.core.notes import WidthNote, note
from likelinet.core.wording import counted
from likelinet.tables.inputs import Inputs

FEW, FEW_FOR_EACH = 50, 10  # rows in all and for each column, below which many weights learn too small a spread
MANY = 10  # weights for each row: a small network cannot learn its rows by heart
ENSEMBLE = 5  # members, which are less sure together where they disagree


def note_few_rows(config: ModelConfig, inputs: Inputs, n: int, weights: int, watched: bool) -> None:
    """Warn of too few rows to hold any out, or of few ones beside very many weights; never with a code.

    Parameters
    ----------
    config, inputs
        The declaration, and how columns become inputs.
    n : int
        Training rows, with those held out among them.
    weights : int
        Of one member.
    watched : bool
        Whether held-out rows tell when to stop, or nothing needs to.
    """
    if isinstance(config.network, CoderConfig):
        return
    columns = sum(kind.width > 0 for kind in inputs.columns)
    if config.training.validation_fraction > 0.0 and not watched:
        note(
            f"{counted(n, 'row')} are too few to hold any out, so nothing keeps the network from learning them by "
            "heart, too sure of new ones by far: take more, or data: {features: []} for the distribution of y alone."
        )
    elif n < max(FEW, FEW_FOR_EACH * columns) and weights > MANY * n:
        members = f"ensemble: {ENSEMBLE}, " if config.ensemble < ENSEMBLE else ""
        note(
            f"{counted(n, 'row')} with {counted(columns, 'feature')} are few for so wide a network, which is often "
            f"too sure of new ones: take more rows, fewer data.features, {members}or network: {{hidden: []}} for a "
            "linear model.",
            WidthNote,
        )
