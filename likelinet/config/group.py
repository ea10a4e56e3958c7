"""Groups of members of an ensemble, which differ in inputs, network or family."""

from typing import Annotated, Any

from pydantic import BeforeValidator, PositiveInt, model_validator

from likelinet.config.base import Config
from likelinet.config.data import NumericConfig
from likelinet.config.distribution import DistributionConfig
from likelinet.config.family import Declared
from likelinet.config.network import CoderConfig, NetworkConfig

OF_ALL = "'auto' chooses one family for all groups: write it in 'distribution' of the whole config"


def _of_members(declared: Any) -> Any:
    if declared == "auto":
        raise ValueError(OF_ALL)
    return declared


class GroupConfig(Config):
    """What the members of a group have of their own, in place of what the config says of all."""

    numeric: NumericConfig | None = None
    """How numbers become inputs; null: as `data.numeric` says."""
    network: NetworkConfig | None = None
    """From x to raw outputs; null: `network`."""
    distribution: Annotated[DistributionConfig, BeforeValidator(_of_members)] | None = None
    """Family of the members, of the same y and columns as that of the config; null: `distribution`."""
    ensemble: PositiveInt | None = None
    """How many members there are; null: `ensemble`."""

    @model_validator(mode="after")
    def _of_members(self) -> Any:
        if isinstance(self.network, CoderConfig):
            raise ValueError(f"'{self.network.kind}' has one code for each row, and is no member of a group")
        if self.distribution is not None and self.distribution.is_open:
            raise ValueError(OF_ALL)
        if self.distribution is not None and self.distribution.own_class is not None:
            raise ValueError("a class of your own belongs to all groups: name it in 'distribution' of the whole config")
        return self


def check_same_y(family: Declared, other: Declared) -> None:
    """Raise `ValueError` if two families are not of one y, or read other columns; one may yet be chosen."""
    if family.is_open or other.is_open:
        return
    names = f"'{other.in_brief}' beside '{family.in_brief}'"
    if other.y != family.y:
        raise ValueError(f"{names}: y is a {other.y} for one and a {family.y} for the other; groups predict one y")
    if other.takes_intervals != family.takes_intervals:
        raise ValueError(f"{names}: only one of them takes intervals; write censored around both")
    if {*other.columns} != {*family.columns}:
        read = (", ".join(d.columns) or "none" for d in (other, family))
        raise ValueError(f"{names}: all groups must read the same columns of the table, not {' and '.join(read)}")
