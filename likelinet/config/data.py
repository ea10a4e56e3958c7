"""Which columns of a table are what."""

from typing import Annotated

from pydantic import Field

from likelinet.config.base import Config


class DataConfig(Config):
    """The columns of the table; Python users who pass arrays need none of it."""

    target: str | Annotated[list[str], Field(min_length=1)] | None = None
    """Column to predict, or a list of columns for several outputs that are independent given x."""
    features: list[str] | None = None
    """Columns to predict from; null takes all others, [] none at all: an intercept-only model, which is
    fitted to all rows exactly, as by the optimizer `lbfgs`."""
    weight: str | None = None
    """Column with the weight of each row, not negative; null weighs all rows the same."""
    standardize: bool = True
    """Whether to scale inputs and real-valued targets; predictions are always in the units of the table."""
