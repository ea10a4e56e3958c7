"""The configs of all families, each made from its class: `<Name>Config` is a name of this module.

families.pyi, which docs/make_stubs.py writes, lists them for type checkers.
"""

from likelinet.config.family import FamilyConfig, family_config
from likelinet.distributions.rooms import all_families

FAMILY_CONFIGS: tuple[type[FamilyConfig], ...] = tuple(family_config(family) for family in all_families())
globals().update({config.__name__: config for config in FAMILY_CONFIGS})
