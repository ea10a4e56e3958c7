"""The examples in full, for `tests/margins.py`; pytest runs this file only if it is named, for it takes ten minutes."""

from pathlib import Path

import pytest

from tests.test_examples import EXAMPLES, run


# Neither pixels that are 0 in every row nor numbers out of range are any fault of theirs.
@pytest.mark.filterwarnings("default:Numbers outside of the range", "default:Columns that say nothing")
@pytest.mark.parametrize("name", sorted(p.stem for p in EXAMPLES.glob("[0-9]*.py")))
def test_example_in_full(name: str, tmp_path: Path):
    run(name, tmp_path, quick=False)
