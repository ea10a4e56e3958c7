"""Which columns of a table are what."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Discriminator,
    Field,
    PositiveFloat,
    Tag,
    create_model,
    model_validator,
)

from likelinet.config.base import Config, kind_or
from likelinet.core.labels import as_written

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


def _label(value: Any) -> Any:
    """Return a label as text, of a number or of True, which YAML makes of yes."""
    return as_written(value) if isinstance(value, bool | int | float) else value


if TYPE_CHECKING:

    class EventConfig(Config):
        """The label by which a column says that the event was seen."""

        column: str

        def __init__(self, **fields: Any) -> None: ...

else:  # one of its keys is a word of Python
    EventConfig = create_model(
        "EventConfig",
        __base__=Config,
        __doc__="The label by which a column says that the event was seen.",
        __module__=__name__,
        **{
            "column": (str, Field(description="Column with a label in each row.")),
            "is": (
                Annotated[str, BeforeValidator(_label)],
                Field(description="Label of the rows whose event was seen; all others are censored."),
            ),
        },
    )


def _form_of_event(value: Any) -> str:
    return "form:event" if isinstance(value, dict | EventConfig) else "form:column"


Event = Annotated[
    Annotated[str, Tag("form:column")] | Annotated[EventConfig, Tag("form:event")], Discriminator(_form_of_event)
]


class TimeTargetConfig(Config):
    """The time to an event that some rows have not yet had."""

    time: str
    """Column with the times: to the event, or until when there was none."""
    event: Event
    """Column that is 1 (or true, yes) where the event was seen, and 0 where the row is censored; 1 and 2 alone are read
    as in R, where 2 is the event. Where it has other labels, `{column: …, is: …}` says which one is the event."""

    @property
    def event_column(self) -> str:
        """The column that says where the event was seen."""
        return self.event if isinstance(self.event, str) else self.event.column

    @property
    def event_label(self) -> str | None:
        """The label of a seen event, where there is one."""
        return None if isinstance(self.event, str) else getattr(self.event, "is")


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


def _kind_of_weights(value: Any) -> str:
    return "form:factors" if isinstance(value, dict) else "form:word"


def _with_text(factors: Any) -> Any:
    """Return factors by labels that are text, as JSON has them."""
    return {_label(label): factor for label, factor in factors.items()} if isinstance(factors, dict) else factors


ClassWeight = Annotated[
    Annotated[Literal["balanced"], Tag("form:word")]
    | Annotated[dict[str, PositiveFloat], Field(min_length=1), BeforeValidator(_with_text), Tag("form:factors")],
    Discriminator(_kind_of_weights),
]


class LinearConfig(Config):
    """Each number as one input of the network."""

    kind: Literal["linear"] = "linear"
    """How numbers become inputs."""


class PiecewiseLinearConfig(Config):
    """Each number beside a piecewise-linear code, of which a network learns functions that bend at many places.

    Columns of fewer than three different numbers have none. Networks through a code of their own refuse it.
    """

    kind: Literal["piecewise_linear"] = "piecewise_linear"
    """How numbers become inputs."""
    bins: Annotated[int, Field(ge=2, le=1024)] | Literal["auto"] = "auto"
    """Bins of each column, at most: between all different numbers where these are few enough, else between quantiles;
    `auto`: 48 with at least 8 rows in each, and up to 192 with at least 32, whatever these weigh."""


NumericConfig = Annotated[
    Annotated[LinearConfig, Tag("linear")] | Annotated[PiecewiseLinearConfig, Tag("piecewise_linear")],
    Discriminator(kind_or("linear", bins="piecewise_linear")),
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
    """Columns of dates and times, even where some of their cells are not, or are years, or seconds since 1970."""
    text: list[str] = []
    """Columns of free text, which are read as the set of their words."""
    numeric: NumericConfig = LinearConfig()
    """How numbers become inputs of the network; `{bins: 16}` is piecewise linear."""
    missing: list[float | str] = []
    """Further cells that mean a missing one, such as -200, beside empty ones and the usual words like NA."""
    strict: bool = False
    """Whether cells that are missing, categories that training had not, and numbers outside of its range are errors;
    by default they are filled, pooled with rare ones and held at its ends, with a note, and rows without y left out."""
    extrapolate: bool = False
    """Whether numbers are scaled by a plain line, in training and outside of its range, for linear trends and models
    that are linear in the columns. By default numbers far out are drawn in, all are on a log scale where they are
    positive and the tails long, and new ones are held at the ends of the range."""
    weight: str | None = None
    """Column with the weight of each row, not negative; null weighs all rows the same."""
    class_weight: ClassWeight | None = None
    """How much the rows of each class count in training, beside `weight`: `balanced`, which gives all classes the same
    weight, or `{label: factor}`, 1 for labels left out. The probabilities that are predicted are those of the rows so
    weighted."""
    groups: str | None = None
    """Column with the group of each row, such as a patient, which is no feature unless `features` names it: whole
    groups are held out, for validation, in the folds of `compare` and by `--holdout`."""
    time: str | None = None
    """Column with the time of each row, numbers or dates: the last rows are held out, for validation and by
    `--holdout`, and each fold of `compare` is predicted from those before it."""
    header: bool = True
    """Whether the first line of a file of text names the columns; false calls them x0, x1, …."""
    standardize: bool = True
    """Whether to scale inputs and real-valued targets; predictions are always in the units of the table."""

    @model_validator(mode="after")
    def _each_target_once(self) -> Any:
        if isinstance(self.target, list) and (twice := [name for name in self.target if self.target.count(name) > 1]):
            raise ValueError(f"target names '{twice[0]}' twice: name each column once")
        return self

    @model_validator(mode="after")
    def _held_out_one_way(self) -> Any:
        if self.groups is not None and self.time is not None:
            raise ValueError("rows are held out by 'groups' or by 'time': give one of them")
        return self
