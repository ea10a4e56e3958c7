"""The colours of all pictures, and names from data as they are written there."""

BLUE, ORANGE, GREY = "#2f6fb0", "#d9822b", "#9aa5b1"
COLORS = (BLUE, ORANGE, "#3a9d6e", "#b0558f", "#8a7a2f", "#5b5fc7")  # of lines beside each other


def plain(name: str) -> str:
    r"""Return a name as matplotlib writes it letter by letter: between two dollar signs it would read a formula.

    Examples
    --------
    >>> print(plain("<$50k"))
    <\$50k
    """
    return name.replace("$", r"\$")
