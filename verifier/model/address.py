"""An address: 20 bytes, whose text carries the EIP-55 checksum."""

from __future__ import annotations

import re
from typing import Final, Self

from verifier.errors import AddressMalformed
from verifier.errors.text import show_address

_FORM: Final = re.compile(r"0x[0-9a-fA-F]{40}")


class Address(bytes):
    """The 20 bytes themselves; `str` gives the text for people."""

    __slots__ = ()

    def __new__(cls, raw: bytes) -> Self:
        """Take 20 bytes as they are.

        :raises AddressMalformed: it is not 20 bytes.
        """
        if len(raw) != 20:
            raise AddressMalformed(text="0x" + raw.hex(), why=f"it has {len(raw)} bytes and not 20")
        return super().__new__(cls, raw)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the address that a person or a file gave as text. Mixed case must be the right checksum.

        :raises AddressMalformed: the form or the checksum is wrong.
        """
        if not _FORM.fullmatch(text):
            raise AddressMalformed(text=text, why="it should be 0x and 40 hex digits")
        address = cls(bytes.fromhex(text[2:]))
        digits = text[2:]
        if digits not in (digits.lower(), digits.upper()) and text != str(address):
            raise AddressMalformed(
                text=text, why="a letter's case is wrong (EIP-55 checksum), so some digit may be"
            )
        return address

    def __str__(self) -> str:
        return show_address(self)

    def __repr__(self) -> str:
        return f"Address({self})"


NOBODY: Final = Address(bytes(20))
"""The zero address: an empty seat, or the native coin among the assets."""
