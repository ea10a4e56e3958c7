"""A Sphinx extension for links of Markdown pages to files outside docs/, which on a code host lead to the files.

Here they lead to the page made of the file: of an example, or of the notes for contributors.
"""

import re

from sphinx.application import Sphinx

PAGES = (
    (r"examples/(\d\d_\w+)\.py", r"gallery/\1.rst"),
    (r"examples/?(?=\))", "gallery/index.rst"),
    (r"CONTRIBUTING\.md", "contributing.md"),
    (r"CHANGELOG\.md", "changelog.md"),
)


def lead_to_pages(app: Sphinx, name: str, source: list[str]) -> None:
    """Replace the links of a page; one in a folder of docs/ has one ../ more to keep."""
    for file, page in PAGES:
        source[0] = re.sub(rf"\]\(((?:\.\./)*)\.\./{file}", rf"](\1{page}", source[0])


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect to pages as they are read."""
    app.connect("source-read", lead_to_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
