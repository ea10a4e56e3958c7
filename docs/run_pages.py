"""Run the code of the pages, and write what it prints into them.

python docs/run_pages.py docs/tutorial.md docs/user_guide/*.md

A page is run from top to bottom in a folder of its own: ``python`` blocks in one namespace, ``bash`` blocks line by
line, and a ``yaml`` block that begins with a comment like ``# config.yaml`` is written to that file. A ``text`` block
right behind a ``python`` or ``bash`` block is what that block prints.
"""

import contextlib
import io
import os
import re
import shlex
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from likelinet.cli import main as cli

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", flags=re.M | re.S)


@dataclass
class Printed:
    """A block that was run, what it printed, and where the page shows that; None where it does not."""

    code: str
    output: str
    shown: re.Match[str] | None


def run_page(text: str, names: dict[str, Any]) -> Iterator[Printed]:
    """Run the blocks of a page in the current folder, `names` being their namespace."""
    names.setdefault("__name__", "page")
    found = list(BLOCK.finditer(text))
    for block, after in zip(found, [*found[1:], None], strict=True):
        language, code = block.groups()
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            match language:
                case "python":
                    exec(compile(code, "page", "exec"), names)
                case "bash":
                    for line in code.replace("\\\n", " ").splitlines():
                        command(shlex.split(line, comments=True))
                case "yaml":
                    if name := re.match(r"# (\S+\.yaml)\n", code):
                        Path(name[1]).write_text(code, encoding="utf-8")
        behind = after is not None and after[1] == "text" and not text[block.end() : after.start()].strip()
        if language in ("python", "bash"):
            yield Printed(code, printed.getvalue(), after if behind else None)


def command(words: list[str]) -> None:
    """Do one line of a shell, as far as the pages need it: likelinet, and a look at a file."""
    match words:
        case ["likelinet", *arguments]:
            path = list(sys.path)
            try:
                cli.main(arguments)
            except SystemExit as end:
                if end.code:
                    print(f"(exit code {end.code})")
            finally:
                sys.path[:] = path
        case ["head", "-n", number, name]:
            print(*Path(name).read_text(encoding="utf-8").splitlines()[: int(number)], sep="\n")
        case []:
            pass
        case _:
            raise ValueError(f"the pages have no command {words[0]}")


def renewed(text: str) -> str:
    """Return a page with the outputs that its blocks print now."""
    pieces, at = [], 0
    for printed in run_page(text, {}):
        if printed.shown is not None:
            pieces += [text[at : printed.shown.start(2)], printed.output.rstrip("\n") + "\n"]
            at = printed.shown.end(2)
    return "".join([*pieces, text[at:]])


def main(pages: list[str]) -> None:
    """Renew the outputs of some pages."""
    home = Path.cwd()
    for page in pages:
        path = (home / page).resolve()
        text = path.read_text(encoding="utf-8")
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            try:
                text = renewed(text)
            finally:
                os.chdir(home)
        path.write_text(text, encoding="utf-8")
        print(path)


if __name__ == "__main__":
    main(sys.argv[1:])
