"""HTML as text: paragraphs, tables, pictures, sections, the page; all that comes from data is escaped."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from math import isfinite
from typing import Any

from likelinet.report.style import CSS

LONG = 60  # letters of a cell that are shown


@dataclass(frozen=True)
class Section:
    """A part of the report.

    Parameters
    ----------
    name : str
        Its id in the page.
    title : str
        Its heading.
    parts : sequence of str
        HTML, in order.
    """

    name: str
    title: str
    parts: Sequence[str]


def said(text: str) -> str:
    """Return a paragraph of plain text."""
    return f"<p>{escape(text)}</p>"


def noted(text: str) -> str:
    """Return a paragraph of plain text that is to be seen."""
    return f'<p class="note">{escape(text)}</p>'


def items(texts: Iterable[str]) -> str:
    """Return a list of plain texts."""
    return f"<ul>{''.join(f'<li>{escape(text)}</li>' for text in texts)}</ul>"


def number(value: Any, digits: int = 4) -> str:
    """Return a number in a few digits, and what is no number as it is."""
    if not isinstance(value, float):
        return str(value)
    if not isfinite(value):
        return {"inf": "∞", "-inf": "−∞"}.get(str(value), "–")
    text = f"{value:.{digits}g}"
    if "e" in text and abs(value) < 1e12 and abs(value) >= 1.0:
        text = f"{value:.0f}"
    return text.replace("-", "−")


def table(head: Sequence[str], rows: Iterable[Sequence[Any]], caption: str = "") -> str:
    """Return a table; columns whose cells are numbers are aligned to the right."""
    written = [list(row) for row in rows]
    right = [all(isinstance(row[j], int | float) or row[j] == "" for row in written) for j in range(len(head))]

    def cell(tag: str, j: int, value: Any) -> str:
        text = number(value)
        cut = text if len(text) <= LONG or tag == "th" or " " in text else f"{text[: LONG - 1]}…"
        return f"<{tag}{' class=r' if right[j] else ''}>{escape(cut)}</{tag}>"

    lines = ["<tr>" + "".join(cell("th", j, h) for j, h in enumerate(head)) + "</tr>"]
    lines += ["<tr>" + "".join(cell("td", j, v) for j, v in enumerate(row)) + "</tr>" for row in written]
    title = f'<p class="caption">{escape(caption)}</p>' if caption else ""  # which does not scroll with the table
    body = f"<thead>{lines[0]}</thead><tbody>{''.join(lines[1:])}</tbody>"
    return f'{title}<div class="scroll" tabindex="0"><table>{body}</table></div>'


def pictures(drawn: Iterable[tuple[str, str]]) -> str:
    """Return figures beside each other where there is room, each an SVG with what it is in words."""
    each = (f'<figure role="img" aria-label="{escape(alt, quote=True)}">{svg}</figure>' for svg, alt in drawn)
    return f'<div class="pictures">{"".join(each)}</div>'


def page(title: str, lead: Sequence[str], sections: Sequence[Section]) -> str:
    """Return the whole file."""
    links = "".join(f'<li><a href="#{s.name}">{escape(s.title)}</a></li>' for s in sections)
    body = "".join(f'<section id="{s.name}"><h2>{escape(s.title)}</h2>{"".join(s.parts)}</section>\n' for s in sections)
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{escape(title)}</title><style>{CSS}</style></head>\n"
        f"<body><header><h1>{escape(title)}</h1>{''.join(lead)}</header>\n"
        f"<nav><ul>{links}</ul></nav>\n<main>\n{body}</main></body></html>\n"
    )
