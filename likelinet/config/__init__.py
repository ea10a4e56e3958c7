"""What a user may declare: frozen pydantic models, tagged by `kind`, unknown keys forbidden."""

from likelinet.config.base import Config
from likelinet.config.files import dump_config as dump_config
from likelinet.config.files import load_config as load_config
from likelinet.config.files import parse_config as parse_config


def _leaves(cls: type[Config]) -> dict[str, type[Config]]:
    """Return the classes of which no other config is made, by name: those a user writes."""
    below = cls.__subclasses__()
    return {name: c for sub in below for name, c in _leaves(sub).items()} if below else {cls.__name__: cls}


_CONFIGS = _leaves(Config)
globals().update(_CONFIGS, __all__=sorted([*_CONFIGS, "dump_config", "load_config", "parse_config"]))
