"""Windows of a stream lie where earlier ones have lain."""

import numpy as np
import pytest

from likelinet.model import beyond
from tests.streams.test_fitting import frame, quick, same_fit, stream, windows_of


@pytest.mark.filterwarnings("ignore:.*'y' is missing in")
def test_windows_in_the_memory_of_others_make_the_same_fit(tmp_path, monkeypatch):
    """Also where rows lack y, and in the last window of a pass, which has fewer rows."""
    columns, rooms, plain = frame(), [], beyond._room
    columns["y"][::7] = np.nan
    monkeypatch.setattr(beyond, "_room", lambda *of: rooms.append(of) or plain(*of))
    declared = {"data": {"target": "y", "weight": "w"}, "training": {"epochs": 3, "batch_size": 32}}
    reused = quick(**declared).fit(stream(tmp_path / "t.parquet", columns, 190))
    few = len(rooms)
    with monkeypatch.context() as patched:
        made = windows_of(patched)  # all are kept, so that each has memory of its own
        fresh = quick(**declared).fit(stream(tmp_path / "t.parquet", columns, 190))
    assert few <= 3 * 3  # of x, y and weights
    assert len(rooms) - few == 3 * len(made) >= 3 * len(fresh.history.epochs) > 2 * few
    same_fit(reused, fresh)
