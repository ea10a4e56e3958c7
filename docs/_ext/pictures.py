"""How the gallery runs an example: its arguments, and the picture that it saves by itself.

An example is a script whose ``main`` writes examples/output/NN_name.png. Sphinx-gallery runs it as a user would.
"""

import builtins
import os
import shutil
import time
from pathlib import Path
from typing import Any

from sphinx_gallery.scrapers import figure_rst

_started: dict[str, float] = {}


def arguments(gallery_conf: dict[str, Any], script_vars: dict[str, Any]) -> list[str]:
    """Return the command line of an example: quick, unless LIKELINET_GALLERY=full asks for all of it.

    What runs is the text of the example and no file, so that it has no ``__file__``, which it needs to know where
    its picture belongs. A name that a module lacks is looked up among the builtins.
    """
    vars(builtins)["__file__"] = Path(script_vars["src_file"]).name  # it runs in its own folder
    return [] if os.environ.get("LIKELINET_GALLERY") == "full" else ["--quick"]


def reset(gallery_conf: dict[str, Any], name: str, when: str) -> None:
    """Note when an example begins, so that a picture of an earlier run is not taken for its own, and clean up."""
    _started["at"] = time.time()
    vars(builtins).pop("__file__", None)


def scrape(block: Any, block_vars: dict[str, Any], gallery_conf: dict[str, Any]) -> str:
    """Return the reST of the picture that the block just run has saved; nothing where it saved none."""
    source = Path(block_vars["src_file"])
    picture = source.parent / "output" / f"{source.stem}.png"
    if not picture.is_file() or picture.stat().st_mtime < _started["at"]:
        return ""
    path = next(block_vars["image_path_iterator"])
    shutil.copyfile(picture, path)
    _started["at"] = time.time()  # a later block has to save it anew
    return figure_rst([path], gallery_conf["src_dir"], source.stem.partition("_")[2].replace("_", " "))
