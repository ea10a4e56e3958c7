"""Work that is spread: independent fits over processes or a Dask cluster, and predictions of Dask DataFrames."""

from likelinet.distributed.frames import predict

__all__ = ["predict"]
