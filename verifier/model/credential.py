"""What lets somebody speak in our name: an address with a token in it, or a key that signs messages."""

from __future__ import annotations

from typing import Any, Final, NoReturn

_SHOWN: Final = "<credential>"


class Credential:
    """Text that stands in no log, message, trace or file of this program; whoever sends with it reveals it."""

    __slots__ = ("_held",)

    def __init__(self, text: str) -> None:
        self._held = text

    def reveal(self) -> str:
        """Return the text itself, for the one who sends with it. Bind it to no name: a traceback may show names."""
        return self._held

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Credential) and other._held == self._held

    def __hash__(self) -> int:
        return hash(self._held)

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise TypeError("a credential is neither copied nor stored")

    def __repr__(self) -> str:
        return _SHOWN

    def __format__(self, specification: str) -> str:
        return _SHOWN
