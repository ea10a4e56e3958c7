"""Addresses of object stores: where they lead, how messages show them, and what is said of a store that refuses."""

import re
from os import PathLike
from typing import Any

from likelinet.core.errors import DataError
from likelinet.core.lazy import LazyModule

fs: Any = LazyModule("pyarrow.fs")
_ADDRESS = re.compile(r"(\w{2,}):/+(.*)")  # a Path has one slash of the two
_STORES = ("s3", "gs", "gcs", "abfs", "abfss", "hdfs", "file")


def is_address(path: str | PathLike[str]) -> bool:
    """Whether a path is an address that Arrow reads, such as s3://bucket/folder."""
    address = _ADDRESS.fullmatch(str(path))
    return address is not None and address[1] in _STORES


def shown(path: str | PathLike[str]) -> str:
    """Return a path as messages show it: an address without its options, and without a name and password before @."""
    address = _ADDRESS.fullmatch(str(path))
    if address is None:
        return str(path)
    return _scheme(address[1]) + re.sub(r"^[^@?]*:[^?]*@", "", address[2]).partition("?")[0]


def place(given: str, system: Any) -> tuple[Any, str]:
    """Return the file system of a path or an address, unless it is given, and the path in it."""
    if system is not None:
        if is_address(given):
            raise DataError(f"{shown(given)}: with filesystem a path has no scheme: begin with the bucket or folder.")
        return system, given
    if (address := _ADDRESS.fullmatch(given)) is None:
        return fs.LocalFileSystem(), given
    uri = _scheme(address[1]) + re.sub(r"=(https?):/+", r"=\1://", address[2])
    try:
        return fs.FileSystem.from_uri(uri)
    except (OSError, ValueError) as error:  # which Arrow's own errors are as well
        raise unreadable(given, str(error).replace(uri, shown(given))) from None


def unreadable(path: str, error: Exception | str, otherwise: str = "check the path and your access") -> DataError:
    """Return what to say of an error of Arrow, with what to do about a store or, of other places, `otherwise`."""
    said = str(error).splitlines()[0]
    if "AWS Error NETWORK_CONNECTION" in said:
        said = f"its store is not reached: {said.rpartition('Details: ')[2]}"
        otherwise = "check the network, and scheme and endpoint_override of the store"
    elif "AWS Error" in said:
        said = said[said.index("AWS Error") :].removesuffix(".")
        otherwise = "check the path, the region and the credentials, as in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
    return DataError(f"{shown(path)}: cannot read the table ({said}); {otherwise}.")


def _scheme(name: str) -> str:
    return name + (":///" if name == "file" else "://")
