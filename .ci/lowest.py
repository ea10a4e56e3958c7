"""Print the lowest versions that pyproject.toml allows of what likelinet and its tests need, as constraints for pip."""

import re
import tomllib
from pathlib import Path

project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
for requirement in [*project["dependencies"], *project["optional-dependencies"]["test"]]:
    print(re.sub(r"^([\w.-]+)(\[.*\])?>=", r"\1==", requirement))
