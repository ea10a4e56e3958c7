"""Fits to streams that are ended: what there is stays, and nothing is read any longer."""

from typing import Any

import pytest

import likelinet as ll
from likelinet.training.windows import Windows
from tests.small import quick
from tests.streams.test_fitting import frame, stream


def test_ctrl_c_ends_it_and_leaves_what_there_is(tmp_path):
    def stop(epoch: ll.Epoch) -> None:
        if epoch.epoch == 3:
            raise KeyboardInterrupt

    model = quick(data={"target": "y"}, training={"epochs": 9, "batch_size": 32})
    with pytest.raises(KeyboardInterrupt):
        model.fit(stream(tmp_path / "t.parquet", frame(), 100), callbacks=[stop])
    assert len(model.history.epochs) == 3
    assert model.history.stopped == "interrupted"


@pytest.mark.parametrize("error", [MemoryError(), KeyboardInterrupt()])
@pytest.mark.parametrize(
    "place",
    [
        "likelinet.model.training.build_engine",
        "likelinet.model.training.Training",
        "likelinet.training.record.Record.go_on",
    ],
)
def test_whatever_ends_it_before_the_first_step_no_window_is_made_any_longer(place, error, tmp_path, monkeypatch):
    """Window 1 is begun as soon as window 0 is there."""
    closed, close = [], Windows.close

    def ended(*_: Any, **__: Any) -> None:
        raise error

    def counted(self: Windows) -> None:
        close(self)
        closed.append(self)

    monkeypatch.setattr(Windows, "close", counted)
    monkeypatch.setattr(place, ended)
    with pytest.raises(type(error)):
        quick(data={"target": "y"}).fit(stream(tmp_path / "t.parquet", frame(), 100))
    assert len(closed) == 1
