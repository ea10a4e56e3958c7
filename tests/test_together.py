"""What several processes make together: all have it, or all have the error of the first that failed."""

import pytest

from likelinet.core.errors import DataError
from likelinet.core.processes import ALONE, Processes
from likelinet.core.together import together
from tests.as_processes import in_each


@pytest.mark.parametrize("count", [1, 2, 5])
def test_each_has_what_all_have_made(count: int):
    found = in_each(count, lambda each: together(each, lambda: bytes([each.rank]) * each.rank))
    assert found == [[bytes([rank]) * rank for rank in range(count)]] * count


def test_an_error_is_itself_where_it_was_raised_and_its_words_elsewhere():
    own = {1: OSError("the disk is gone"), 2: DataError("row 7 is odd")}

    def make(rank: int) -> bytes:
        if rank in own:
            raise own[rank]
        return b"made"

    def asked(each: Processes) -> BaseException:
        with pytest.raises((OSError, DataError)) as found:
            together(each, lambda: make(each.rank))
        return found.value

    found = in_each(4, asked)
    assert found[1] is own[1]
    assert [type(found[rank]) for rank in (0, 2, 3)] == [DataError] * 3
    assert {str(error) for error in found} == {"the disk is gone"}


def test_who_is_interrupted_does_not_leave_others_waiting():
    def make(rank: int) -> bytes:
        if rank:
            raise KeyboardInterrupt
        return b""

    def asked(each: Processes) -> str:
        with pytest.raises((KeyboardInterrupt, DataError)) as found:
            together(each, lambda: make(each.rank))
        return f"{type(found.value).__name__} {found.value}"

    assert in_each(2, asked) == ["DataError A process has ended with KeyboardInterrupt.", "KeyboardInterrupt "]


def test_one_alone_raises_what_was_raised():
    with pytest.raises(ZeroDivisionError):
        together(ALONE, lambda: bytes(1 // 0))
