"""Pictures as SVG that lies in the page: without a background, in the colour of its text, with ids of its own."""

import io
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK = "#010203"  # stands for the colour of the text around it, which is known only where the page is seen
SIZE = (4.8, 3.4)  # inches: what a telephone shows without making text small
WIDE = (5.2, 3.6)  # of what needs more room than others
_COLOURED = ("text.color", "axes.edgecolor", "axes.labelcolor", "axes.titlecolor", "xtick.color", "ytick.color")
_STYLE: dict[Any, Any] = {
    **dict.fromkeys(_COLOURED, INK),
    "svg.fonttype": "none",  # text stays text
    "svg.hashsalt": "likelinet",  # or each run would write other ids
    "svg.image_inline": True,
    "axes.facecolor": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.titlesize": 10,
    "legend.fontsize": 8,
}


def svg(draw: Callable[["Axes"], object], name: str, size: tuple[float, float] = SIZE) -> str:
    """Return what a function draws on axes.

    Parameters
    ----------
    draw : callable
        Given the axes.
    name : str
        Unlike that of any other picture of the page: all ids begin with it.
    size : tuple of float
        Width and height in inches.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure  # takes long to import

    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=size, layout="constrained")
        draw(figure.subplots())
        written = io.StringIO()
        figure.savefig(written, format="svg", transparent=True, metadata={"Date": None})
    return inlined(written.getvalue(), name)


def inlined(text: str, name: str) -> str:
    """Return an SVG file as a part of a page.

    Parameters
    ----------
    text : str
        The file.
    name : str
        What its ids begin with.
    """
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata/>|<metadata>.*?</metadata>", "", text, flags=re.S)
    text = re.sub(r'\s(xmlns(:\w+)?|version)="[^"]*"', "", text)
    text = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", text, count=1)
    text = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", text, count=1)
    text = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', text)
    text = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", text)
    text = re.sub(r'(?:xlink:)?href="#([^"]+)"', rf'href="#{name}-\1"', text).replace("xlink:href=", "href=")
    text = re.sub(r"<!--.*?-->", "", text, flags=re.S)
    text = re.sub(r">\s+<", "><", text)
    return text.replace(INK, "currentColor").strip()
