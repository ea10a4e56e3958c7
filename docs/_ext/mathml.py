"""A Sphinx extension that writes formulas as MathML, so that pages need neither JavaScript nor a network."""

import html
from typing import Any

from docutils import nodes
from math_core import LatexError, LatexToMathML
from sphinx.application import Sphinx
from sphinx.util import logging

logger = logging.getLogger(__name__)
converter = LatexToMathML(fancy_error=False)


def mathml(latex: str, node: nodes.Element, *, displaystyle: bool) -> str:
    """Return a formula as MathML; one that cannot be read is a warning at its place."""
    try:
        return converter.convert_with_local_state(latex, displaystyle=displaystyle)
    except LatexError as error:
        logger.warning("formula %r: %s", latex, error, location=node)
        return f"<code>{html.escape(latex)}</code>"


def inline(self: Any, node: nodes.math) -> None:
    self.body.append(mathml(node.astext(), node, displaystyle=False))
    raise nodes.SkipNode


def block(self: Any, node: nodes.math_block) -> None:
    """Write one formula for each paragraph; one of several lines is aligned at its &."""
    self.body.append(self.starttag(node, "div", CLASS="math"))
    for part in node.astext().split("\n\n"):
        lines = "\\\\" in part and not part.lstrip().startswith("\\begin")
        latex = f"\\begin{{aligned}}{part}\\end{{aligned}}" if lines else part
        self.body.append(mathml(latex, node, displaystyle=True))
    self.body.append("</div>\n")
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the renderer, which ``html_math_renderer = "mathml"`` chooses."""
    app.add_html_math_renderer("mathml", inline_renderers=(inline, None), block_renderers=(block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
