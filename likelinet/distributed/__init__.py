"""Work that is spread: independent fits over processes or a Dask cluster, and predictions of Dask DataFrames."""

from typing import TYPE_CHECKING

from likelinet.core.lazy import attach_from

if TYPE_CHECKING:
    from likelinet.distributed.frames import predict as predict

__getattr__, __dir__ = attach_from(__name__, {"predict": "frames"})  # processes that only work load nothing more
