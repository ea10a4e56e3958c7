"""The union of all families and wrappers, told apart by their `kind`."""

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated

from pydantic import Discriminator, Tag

from likelinet.config import wrappers
from likelinet.config.auto import AutoConfig
from likelinet.config.base import kind_or
from likelinet.config.custom import CustomConfig
from likelinet.config.families import FAMILY_CONFIGS
from likelinet.config.family import FamilyConfig
from likelinet.config.wrappers import BY_KIND, WrapperConfig

WRAPPER_CONFIGS: tuple[type[WrapperConfig], ...] = tuple(BY_KIND.values())

if TYPE_CHECKING:
    DistributionConfig = FamilyConfig | WrapperConfig | CustomConfig | AutoConfig
else:
    declared = (*FAMILY_CONFIGS, *WRAPPER_CONFIGS, CustomConfig, AutoConfig)
    tagged = (Annotated[c, Tag(c.model_fields["kind"].default)] for c in declared)
    DistributionConfig = Annotated[reduce(or_, tagged), Discriminator(kind_or("gaussian"))]
    for wrapper in WRAPPER_CONFIGS:
        wrapper.model_rebuild(_types_namespace={"DistributionConfig": DistributionConfig, **vars(wrappers)})
