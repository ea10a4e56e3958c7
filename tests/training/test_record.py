"""What a checkpoint is declared as, and nested data in the form that files have."""

import json
from typing import Any

import numpy as np
import pytest

import likelinet as ll
from likelinet.training import record


@pytest.mark.parametrize("every", [0.0, -1.0, np.inf, np.nan, True, "60"])
def test_how_often_is_seconds(every: Any):
    with pytest.raises(ll.ConfigError, match="every must be seconds, more than 0"):
        ll.Checkpoint("folder", every=every)


def test_packed_data_comes_back():
    data = {"a": [np.arange(3), {"b": np.zeros((0, 2), np.float32)}], "n": np.array(2.5), "k": [1 << 100, None, "é"]}
    arrays: dict[str, np.ndarray] = {}
    plain = json.loads(json.dumps(record.packed(data, arrays)))
    back = record.unpacked(plain, arrays)
    np.testing.assert_equal(back, data)
    assert back["n"].shape == ()
