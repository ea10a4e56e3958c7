"""Labels as a config has them, which YAML may have taken for something else."""

from typing import Any

_AS_BOOL = {"yes": "true", "on": "true", "no": "false", "off": "false"}  # what YAML makes True and False of


def as_written(label: Any) -> str:
    """Return a label in a form that is the same for the cell of a table and for what YAML reads where it is written.

    Examples
    --------
    >>> as_written("Yes") == as_written(True), as_written(2) == as_written("2.0"), as_written("dead ")
    (True, True, 'dead')
    """
    text = str(label).strip()
    try:
        number = float(text)
        return str(int(number)) if number == int(number) else repr(number)
    except (ValueError, OverflowError):
        lower = text.lower()
        return _AS_BOOL.get(lower, lower if lower in ("true", "false") else text)
