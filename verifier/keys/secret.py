"""A passphrase, a PIN or a key, while it is needed and in no words: what prints, copies or stores it gets nothing."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Final, NoReturn, Self

from verifier.model.text import Shown

_SHOWN: Final = "<secret>"


class Unstored:
    """What must stay in this process: it is neither pickled nor copied."""

    __slots__ = ()

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise TypeError(f"a {type(self).__name__} is neither copied nor stored")


class Secret(Unstored):
    """Bytes that nobody may see. As a context it is wiped at its end.

    Python copies bytes wherever they are used, and those copies live until their memory is used again. So wiping makes
    the time short in which a secret can be found; it does not make it zero.
    """

    __slots__ = ("_held",)

    def __init__(self, secret: str | bytes) -> None:
        """Take a secret; text is kept as UTF-8, and what a terminal could not read as such as the bytes it had."""
        self._held = bytearray(
            secret.encode("utf-8", errors="surrogateescape") if isinstance(secret, str) else secret
        )

    def reveal(self) -> bytes:
        """Return the secret itself, for a library that wants it. Bind it to no name: a traceback may show names."""
        return bytes(self._held)

    def wipe(self) -> None:
        """Overwrite it; what is revealed from then on is empty."""
        for i in range(len(self._held)):
            self._held[i] = 0
        self._held.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.wipe()

    def __repr__(self) -> str:
        return _SHOWN

    def __str__(self) -> str:
        return _SHOWN

    def __format__(self, specification: str) -> str:
        return _SHOWN


AskSecret = Callable[[Shown], Secret]
"""Asks a person for what the words name, without echo. It is called when something is signed, and not before."""


@contextmanager
def keep_out_of_traces() -> Iterator[None]:
    """Run libraries that have a secret in their hands: an exception leaves without what they said and held.

    Its kind and its frames stay, so that one sees what happened and where; its words, its causes and the names in its
    frames go.
    """
    try:
        yield
    except BaseException as exc:
        traceback.clear_frames(exc.__traceback__)
        exc.args, exc.__cause__, exc.__context__ = (), None, None
        raise
