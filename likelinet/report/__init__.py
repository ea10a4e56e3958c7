"""One file to look at: a model on some rows, with all that there is to see of it."""

from likelinet.report.write import write_report

__all__ = ["write_report"]
