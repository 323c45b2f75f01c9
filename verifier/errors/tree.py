"""The root of the tree that `verifier.errors` draws."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(kw_only=True, eq=False)
class FourthSignerError(Exception):
    """Something that a person has to know. Its text is one sentence: what was expected, what was found, what to do."""

    def sentence(self) -> str:
        raise NotImplementedError

    def __str__(self) -> str:
        return self.sentence()


@dataclass(kw_only=True, eq=False)
class InputError(FourthSignerError):
    """What was typed, or stands in a file, is not what it should be."""


@dataclass(kw_only=True, eq=False)
class ConfigurationError(FourthSignerError):
    """The configuration file cannot be used."""


@dataclass(kw_only=True, eq=False)
class EvidenceError(FourthSignerError):
    """What the chain says could not be established."""


@dataclass(kw_only=True, eq=False)
class EndpointError(EvidenceError):
    """An endpoint did not answer, or not with what it was asked for."""

    # As the configuration names it.
    endpoint: str


@dataclass(kw_only=True, eq=False)
class PinError(FourthSignerError):
    """What is on the chain is not what this signer pinned. Nothing may be signed."""


@dataclass(kw_only=True, eq=False)
class AbsenceError(FourthSignerError):
    """What was asked for is not there."""


@dataclass(kw_only=True, eq=False)
class KeyHolderError(FourthSignerError):
    """Whatever holds a member's key did not sign, or not what it should. Nothing half-made is kept."""


@dataclass(kw_only=True, eq=False)
class VaultError(FourthSignerError):
    """A transaction or call was refused on the chain."""
