"""Windows of a stream lie where earlier ones have lain."""

import gc
from typing import Any

import numpy as np
import pytest

from likelinet.model import beyond
from tests.streams.test_fitting import frame, quick, stream


@pytest.mark.filterwarnings("ignore:.*'y' is missing in")
def test_windows_in_the_memory_of_others_are_those_in_memory_of_their_own(tmp_path, monkeypatch):
    """Also where rows lack y, and in the last window of a pass, which has fewer rows."""
    columns, makers = frame(), []
    columns["y"][::7] = np.nan

    class Maker(beyond._Maker):
        def __init__(self, *args: Any) -> None:
            super().__init__(*args)
            makers.append(self)

    monkeypatch.setattr(beyond, "_Maker", Maker)
    quick(data={"target": "y", "weight": "w"}).fit(stream(tmp_path / "t.parquet", columns, 190))
    gc.collect()  # windows of the fit that cycles hold would count as lent
    (made,) = makers
    own = [made(k, lambda: None) for k in range(12)]
    assert len({window.x.ctypes.data for window in own}) == 12
    copies, places = [(window.x.copy(), window.y, window.weight) for window in own], set()
    del own
    for k, (x, y, weight) in enumerate(copies):
        window = made(k, lambda: None)
        np.testing.assert_array_equal(window.x, x)
        np.testing.assert_array_equal(window.y, y)
        np.testing.assert_array_equal(window.weight, weight)
        places.add(window.x.ctypes.data)
        del window
    assert len(places) <= beyond.ROOMS
