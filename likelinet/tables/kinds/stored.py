"""Kinds out of the plain data of a file."""

from typing import Any

from likelinet.core.wording import nearest
from likelinet.tables.kinds.boolean import Boolean
from likelinet.tables.kinds.category import Category
from likelinet.tables.kinds.joined import Joined
from likelinet.tables.kinds.kind import Kind
from likelinet.tables.kinds.left_out import Constant, Identifier
from likelinet.tables.kinds.moment import Moment
from likelinet.tables.kinds.number import Number
from likelinet.tables.kinds.ordered import Ordered
from likelinet.tables.kinds.words import Words

KINDS: tuple[type[Kind], ...] = (Number, Boolean, Category, Ordered, Words, Moment, Joined, Constant, Identifier)


def kind_from_json(data: Any) -> Kind:
    """Return the kind of a column that `Kind.to_json` wrote.

    Raises
    ------
    ValueError
        If its tag, or one of its parts, is missing or unknown.
    """
    if not isinstance(data, dict):
        raise ValueError(f"column of the inputs: expected named parts, got {data!r:.40}")
    known = {kind.tag: kind for kind in KINDS}
    tag, parts = data.get("kind"), {name: value for name, value in data.items() if name != "kind"}
    if tag not in known:
        raise ValueError(f"column of the inputs: unknown kind {tag!r:.40}{nearest(str(tag), known)}")
    return known[tag].from_json(parts)
