"""Errors of OpenSSL that a token's module leaves behind, and that would end somebody else's connection.

OpenSSL keeps errors in a queue for each thread. A module that uses the same library as Python, as SoftHSM2 does, leaves
its own there, and the next read of a TLS connection in that thread takes one of them for its own: a holder that had
stored a new share by its token hung up on its coordinator.
"""

from __future__ import annotations

import ctypes
import functools
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def no_stale_errors() -> Iterator[None]:
    """Leave no error in this thread's queue; whatever was of interest there has been raised."""
    try:
        yield
    finally:
        _clear_error()()


@functools.cache
def _clear_error() -> Callable[[], object]:
    """Return OpenSSL's `ERR_clear_error`, of the library that Python's `ssl` uses."""
    place = getattr(ssl._ssl, "__file__", None)  # type: ignore[attr-defined]  # noqa: SLF001 - it alone knows the library
    try:
        found = ctypes.CDLL(place).ERR_clear_error
    except (OSError, AttributeError):
        # Python has a copy within itself: no module shares its queue.
        return _nothing
    found.restype = None
    return found


def _nothing() -> None:
    pass
