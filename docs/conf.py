"""How Sphinx builds this site: ``pip install -e ".[docs]" && sphinx-build -W --keep-going -b html docs docs/_build``.

It needs no network. The examples run in their quick form; ``LIKELINET_GALLERY=full`` runs them as they are meant.
"""

import os
import re
import sys
from pathlib import Path

import likelinet

HERE = Path(__file__).parent
EXAMPLES = HERE.parent / "examples"
sys.path.insert(0, str(HERE / "_ext"))

project = "likelinet"
author = "the likelinet contributors"
version = release = likelinet.__version__
language = "en"
extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "config_fields",  # before numpydoc, which reads the sections of a docstring
    "numpydoc",
    "sphinx_design",
    "sphinx_gallery.gen_gallery",
    "links",
    "mathml",
]
exclude_patterns = ["_build", "families_introduction.md", "gallery/**/*.ipynb", "gallery/**/*.py"]

# ---- pages in Markdown -------------------------------------------------------------------------------------------

myst_enable_extensions = ["colon_fence", "dollarmath", "deflist"]
myst_fence_as_directive = ["math"]  # ```math, as code hosts write a formula
myst_heading_anchors = 3  # the anchors that code hosts give to headings, so that links work there and here

# ---- formulas: MathML, which browsers draw themselves -------------------------------------------------------------

html_math_renderer = "mathml"
myst_update_mathjax = False

# ---- the reference, from docstrings -------------------------------------------------------------------------------

default_role = "py:obj"  # `name` in a docstring is a name, and a link where it is one
templates_path = ["_templates"]
autosummary_generate = True
autodoc_typehints = "none"  # numpydoc sections give the types in words
autodoc_inherit_docstrings = False  # what a family overrides is described once, at Distribution
autodoc_preserve_defaults = True
numpydoc_show_class_members = False
numpydoc_validation_checks = {
    "all",
    "ES01",  # an extended summary
    "SA01",  # See Also
    "EX01",  # examples: tests/test_docs_api.py says where they are needed
    "PR01",  # parameters: likewise
    "RT01",  # "Return …" says it in the summary
    "PR08",  # a description may begin with a symbol,
    "PR09",  # and end without a full stop
    "GL08",  # what has no docstring is not in the reference
    "SS03",
    "SS06",  # a summary may need a second line
}
numpydoc_validation_exclude = {r"\.EventConfig$"}  # its key "is" is a word of Python, no name of an argument

# ---- the gallery --------------------------------------------------------------------------------------------------
DATA_SETS = ("mnist",)  # an example that needs one calls a function of its name


def runnable() -> str:
    """Return the pattern of the examples to run: all but those whose data set is not in the folder LIKELINET_DATA.

    Such an example would download it, or end with a sentence; here it is shown without its picture.
    """
    data = Path(os.environ.get("LIKELINET_DATA", "nowhere"))

    def has_data(path: Path) -> bool:
        code = path.read_text("utf-8")
        return all((data / name).is_dir() for name in DATA_SETS if re.search(rf"\b{name}\(", code))

    return "|".join(rf"/{path.name}$" for path in sorted(EXAMPLES.glob("[0-9]*.py")) if has_data(path))


sphinx_gallery_conf = {
    "examples_dirs": str(EXAMPLES),
    "gallery_dirs": "gallery",
    "filename_pattern": runnable(),
    "within_subsection_order": "FileNameSortKey",
    "image_scrapers": ("pictures.scrape",),
    "reset_modules": ("pictures.reset",),
    "reset_modules_order": "both",
    "reset_argv": "pictures.arguments",
    "run_stale_examples": str(os.environ.get("LIKELINET_GALLERY") == "full"),  # those run quickly before
    "thumbnail_size": (600, 260),
    "download_all_examples": False,
    "show_signature": False,
    "write_computation_times": False,
    "plot_gallery": "True",
}

# ---- how it looks -------------------------------------------------------------------------------------------------

html_theme = "pydata_sphinx_theme"
html_title = "likelinet"
html_static_path = ["_static"]
html_css_files = ["likelinet.css"]
html_context = {"default_mode": "auto"}  # light or dark as the reader has it
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "logo": {"text": "likelinet"},
    "navigation_with_keys": False,
    "show_toc_level": 2,
    "header_links_before_dropdown": 6,
    "footer_start": ["copyright"],
    "footer_end": [],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
html_sidebars = {"index": []}
copyright = "the likelinet contributors, MIT licence"
