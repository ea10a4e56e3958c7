"""Links by their names: which one a parameter has by default, and which ones fit it."""

from typing import Any, Literal

import numpy as np

from likelinet.core.domains import direction, increasing, real
from likelinet.core.errors import ConfigError
from likelinet.core.links import Angle, Cholesky, Exp, Identity, Link, Ordered, Sigmoid, Softplus
from likelinet.core.wording import nearest
from likelinet.distributions import Parameter

LinkName = Literal["identity", "softplus", "exp", "sigmoid", "cholesky", "ordered", "angle"]
LINKS: dict[str, type[Link]] = {"identity": Identity, "softplus": Softplus, "exp": Exp, "sigmoid": Sigmoid}
VECTOR_LINKS: dict[str, type[Link]] = {"cholesky": Cholesky, "ordered": Ordered, "angle": Angle}

SCALE_FLOOR = 1e-3  # least scale that the softplus link gives, in spreads of the target: keeps likelihoods bounded


def link_of(parameter: Parameter, name: LinkName) -> Link:
    """Return the link of this name for a parameter; raise `ConfigError` where it needs one that the user chooses."""
    match name:
        case "softplus" if parameter.role in ("scale", "log_scale"):
            return Softplus(SCALE_FLOOR)
        case "cholesky":
            return Cholesky(SCALE_FLOOR)
        case "angle":
            return Angle()
        case "ordered":
            return Ordered(SCALE_FLOOR)
        case "identity" if parameter.domain.low > real.low:
            raise ConfigError(
                f"distribution: '{parameter.name}' has a domain without a default link; choose one of "
                f"{', '.join(LINKS)}."
            )
        case _:
            return LINKS[name]()


def default_link(parameter: Parameter) -> LinkName:
    """Return the link that a parameter names, or that follows from its domain."""
    if parameter.link is not None:
        return parameter.link  # type: ignore[return-value]
    if parameter.event_ndim == 2:
        return "cholesky"
    if parameter.domain == increasing:
        return "ordered"
    if parameter.domain == direction:
        return "angle"
    domain = parameter.domain
    if domain.low == 0.0 and domain.high == np.inf:
        return "softplus"
    return "sigmoid" if (domain.low, domain.high) == (0.0, 1.0) else "identity"


def check_parameters(parameters: tuple[Parameter, ...], sources: dict[str, Any], links: dict[str, LinkName]) -> None:
    """Check names, fixed values and links against the parameters' domains; raise ValueError with one sentence."""
    by_name = {p.name: p for p in parameters}
    for name in (*sources, *links):
        if name not in by_name:
            raise ValueError(f"unknown parameter '{name}'{nearest(name, by_name)}")
    for name, link in links.items():
        p = by_name[name]
        if not p.learned:
            raise ValueError(f"{name} is known for each row, so it has no link")
        needed = default_link(p)
        if needed in VECTOR_LINKS or link in VECTOR_LINKS:
            if link != needed:
                raise ValueError(f"link '{link}' does not map into the domain of {name} (possible: {needed})")
            continue
        fits = [n for n, other in LINKS.items() if _inside(other().domain, p.domain)]
        if link not in fits:
            raise ValueError(
                f"link '{link}' does not map into {p.domain.description}, as {name} needs (possible: {', '.join(fits)})"
            )
    for name, source in sources.items():
        if isinstance(source, float | int) and not by_name[name].domain.contains(np.asarray(source)):
            raise ValueError(f"{name} must be {by_name[name].domain.description}, got {source:g}")


def _inside(image: Any, domain: Any) -> bool:
    return image.low >= domain.low and image.high <= domain.high
