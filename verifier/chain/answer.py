"""What an endpoint answered, opened with care: anything may stand in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from verifier.errors import EndpointAnswerMalformed
from verifier.model.text import Foreign

_QUANTITY: Final = re.compile(r"0x[0-9a-fA-F]{1,64}")
_DATA: Final = re.compile(r"0x(?:[0-9a-fA-F]{2})*")


@dataclass(frozen=True, slots=True)
class Answer:
    """A part of an answer. Every method raises EndpointAnswerMalformed where it finds something else."""

    endpoint: Foreign
    method: str
    # JSON as it came.
    value: Any

    @property
    def is_null(self) -> bool:
        return self.value is None

    def at(self, key: str) -> Answer:
        """Return a member of an object; null where it is missing."""
        if not isinstance(self.value, dict):
            raise self.malformed(f"an object with {key} was expected")
        return self._part(self.value.get(key))

    def names(self) -> frozenset[str]:
        """Return the names of an object's members that are not null."""
        if not isinstance(self.value, dict):
            raise self.malformed("an object was expected")
        return frozenset(name for name, value in self.value.items() if value is not None)

    def items(self) -> list[Answer]:
        if not isinstance(self.value, list):
            raise self.malformed("a list was expected")
        return [self._part(item) for item in self.value]

    def quantity(self) -> int:
        """Return a number, at most 256 bits."""
        if not isinstance(self.value, str) or not _QUANTITY.fullmatch(self.value):
            raise self.malformed("a number in hex was expected")
        return int(self.value, 16)

    def data(self, size: int | None = None) -> bytes:
        """Return bytes, of this size where one is given."""
        if not isinstance(self.value, str) or not _DATA.fullmatch(self.value):
            raise self.malformed("bytes in hex were expected")
        data = bytes.fromhex(self.value[2:])
        if size is not None and len(data) != size:
            raise self.malformed(f"{size} bytes were expected, and {len(data)} came")
        return data

    def malformed(self, why: str) -> EndpointAnswerMalformed:
        return EndpointAnswerMalformed(endpoint=self.endpoint, method=self.method, why=why)

    def _part(self, value: Any) -> Answer:
        return Answer(self.endpoint, self.method, value)
