"""Which columns of a table are what."""

from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag, model_validator

from likelinet.config.base import Config

Columns = str | Annotated[list[str], Field(min_length=1)]


class IntervalTargetConfig(Config):
    """A target of which only bounds are known: exact where the two are equal, open where one is ±inf or empty."""

    lower: Columns
    """Column with the lower ends; -inf or an empty cell where there is none. A list of columns for several outputs."""
    upper: Columns
    """Column with the upper ends; inf or an empty cell where there is none. A list where `lower` is one, as long."""

    @model_validator(mode="after")
    def _in_pairs(self) -> Any:
        lower, upper = ("one" if isinstance(c, str) else f"a list of {len(c)}" for c in (self.lower, self.upper))
        if lower != upper:
            raise ValueError(f"lower and upper must both be one column, or lists of as many: got {lower} and {upper}")
        return self


class TimeTargetConfig(Config):
    """The time to an event that some rows have not yet had."""

    time: str
    """Column with the times: to the event, or until when there was none."""
    event: str
    """Column that is 1 (or true) where the event was seen, and 0 (or false) where the row is censored."""


def _form(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "form:columns"
    if not isinstance(value, dict | Config):
        return "form:column"
    time = "time" in value or "event" in value if isinstance(value, dict) else isinstance(value, TimeTargetConfig)
    return "form:time" if time else "form:interval"


Target = Annotated[
    Annotated[str | None, Tag("form:column")]
    | Annotated[Annotated[list[str], Field(min_length=1)], Tag("form:columns")]
    | Annotated[IntervalTargetConfig, Tag("form:interval")]
    | Annotated[TimeTargetConfig, Tag("form:time")],
    Discriminator(_form),
]


class DataConfig(Config):
    """The columns of the table; Python users who pass arrays need none of it."""

    target: Target = None
    """Column to predict; or a list of columns for several outputs; or, for the family `censored`,
    `{lower: …, upper: …}` or `{time: …, event: …}`."""
    features: list[str] | None = None
    """Columns to predict from; null takes all others, [] none at all: an intercept-only model, which is
    fitted to all rows exactly, as by the optimizer `lbfgs`."""
    exclude: list[str] = []
    """Columns that nothing is predicted from, such as identifiers."""
    categorical: list[str] = []
    """Columns of categories, even where their cells are numbers."""
    ordered: list[str] = []
    """Columns of categories with an order: that of a declared category, or of numbers by size, or of the alphabet."""
    datetime: list[str] = []
    """Columns of dates and times, even where some of their cells are not, or are years."""
    missing: list[float | str] = []
    """Further cells that mean a missing one, such as -200, beside empty ones and the usual words like NA."""
    strict: bool = False
    """Whether cells that are missing, categories that training had not, and numbers outside of its range are errors;
    by default they are filled, pooled with rare ones and held at its ends, with a note, and rows without y left out."""
    extrapolate: bool = False
    """Whether a number outside of the range of training goes on as it is, for linear trends, rather than being held at
    the end of that range."""
    weight: str | None = None
    """Column with the weight of each row, not negative; null weighs all rows the same."""
    header: bool = True
    """Whether the first line of a file of text names the columns; false calls them x0, x1, …."""
    standardize: bool = True
    """Whether to scale inputs and real-valued targets; predictions are always in the units of the table."""
