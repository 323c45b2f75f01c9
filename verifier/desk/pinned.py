"""A reader whose vault was read already, so that whoever asks again gets the same block."""

from __future__ import annotations

from typing import Any

from verifier.model.reading import VaultReading
from verifier.ports import ChainReader


class PinnedReader:
    """Another reader, with one reading."""

    def __init__(self, reader: ChainReader, reading: VaultReading) -> None:
        self._reader = reader
        self._reading = reading

    def read_vault(self) -> VaultReading:
        return self._reading

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reader, name)
