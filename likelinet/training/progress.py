"""The progress bar."""

import sys
from types import TracebackType

from likelinet.training.history import Epoch

LAYOUT = "{desc} {percentage:3.0f}%|{bar}| epoch {n}/{total} [{remaining} left]{postfix}"


def on_terminal() -> bool:
    """Whether standard error can draw a line anew, as a terminal or a notebook does.

    It may be closed, or absent, as in a program without a console.
    """
    if sys.stderr is None or sys.stderr.closed:
        return False
    return sys.stderr.isatty() or type(sys.stderr).__module__ == "ipykernel.iostream"


class Progress:
    """A bar with epoch, training and validation NLL and time left; nothing where no line can be drawn anew.

    Parameters
    ----------
    shown : bool
        False keeps it silent on a terminal too.
    what : str
        What is done.
    """

    def __init__(self, shown: bool = True, what: str = "fit") -> None:
        self._what, self._shown = what, shown and on_terminal()
        self._bar, self._time = None, None

    def __enter__(self) -> "Progress":
        return self

    def begin(self, epochs: int, time: float | None = None, part: str = "") -> None:
        """Show the bar before the first epoch, which may take a while; it ends after `time` seconds at the latest.

        `part` says which part of a model it is, if it is not all of it.
        """
        self._time = time
        if not self._shown:
            return
        from tqdm import tqdm

        self._bar = tqdm(total=epochs, desc=f"{self._what} {part}".rstrip(), bar_format=LAYOUT, leave=False)

    def skip(self, epochs: int) -> None:
        """Begin after so many epochs, which were done before."""
        if self._bar is not None:
            self._bar.update(epochs)

    def __call__(self, epoch: Epoch) -> None:
        """Take note of an epoch."""
        if self._bar is None:
            return
        nll = f"train NLL {_mean(epoch.train_nll):.4g}"
        if epoch.validation_nll is not None:
            nll += f", validation NLL {_mean(epoch.validation_nll):.4g}"
        if self._time is not None:
            in_time = max(self._time - epoch.seconds, 0.0)
            left = min(epoch.seconds / epoch.epoch * (epoch.epochs - epoch.epoch), in_time)
            self._bar.bar_format = LAYOUT.replace("{remaining}", self._bar.format_interval(left))
            nll += f", {in_time:.0f} s of {self._time:.3g} s left"
        self._bar.set_postfix_str(nll, refresh=False)
        self._bar.total = epoch.epochs  # which may turn out to be fewer
        self._bar.update(1)
        if self._bar.n == 1:  # a short fit may be over before it is time to draw the bar again
            self._bar.refresh()

    def end(self) -> None:
        """Take the bar away, so that what is said next has a line of its own."""
        if self._bar is not None:
            self._bar.close()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)
