"""What keeps the holders of a group's key from doing their work: their files, their shares, and each other."""

# ruff: noqa: N818 - named like the twins, by subject and fact.

from __future__ import annotations

from dataclasses import dataclass

from verifier.errors.text import sanitise
from verifier.errors.tree import ConfigurationError, FourthSignerError, InputError, KeyHolderError

_LONG = 400


@dataclass(kw_only=True, eq=False)
class HoldingError(FourthSignerError):
    """Something between the holders of a group's key."""


@dataclass(kw_only=True, eq=False)
class GroupFileMalformed(ConfigurationError):
    """What says who holds a group's key cannot be used."""

    path: str
    why: str
    # What to do.
    advice: str = "Compare it with the other holders'."

    def sentence(self) -> str:
        path, why = sanitise(self.path), sanitise(self.why, most=_LONG)
        return f"The group's file {path} cannot be used: {why}. {sanitise(self.advice)}"


@dataclass(kw_only=True, eq=False)
class HolderRulesMalformed(ConfigurationError):
    """What says when a holder signs without being asked cannot be used."""

    path: str
    why: str

    def sentence(self) -> str:
        return (
            f"The holder's rules in {sanitise(self.path)} cannot be used: {sanitise(self.why, most=_LONG)}; "
            "nothing is answered. Correct them."
        )


@dataclass(kw_only=True, eq=False)
class HolderFileUnwritable(ConfigurationError):
    path: str
    why: str

    def sentence(self) -> str:
        return f"{sanitise(self.path)} cannot be written: {sanitise(self.why)}."


@dataclass(kw_only=True, eq=False)
class HolderFolderUnfit(ConfigurationError):
    """The folder of a holder or a coordinator has not what it should."""

    path: str
    why: str
    # What to do.
    advice: str

    def sentence(self) -> str:
        return (
            f"The folder {sanitise(self.path)} cannot be used: {sanitise(self.why)}. {sanitise(self.advice)}"
        )


@dataclass(kw_only=True, eq=False)
class ParcelMalformed(InputError):
    """A file or an answer that should hold messages of a group holds something else."""

    origin: str
    why: str

    def sentence(self) -> str:
        return (
            f"What came from {sanitise(self.origin)} is no parcel of a group's messages: {sanitise(self.why)}. "
            "Ask for it again."
        )


@dataclass(kw_only=True, eq=False)
class ShareUnusable(KeyHolderError):
    """A share's file cannot be opened."""

    path: str
    why: str
    # What to do.
    advice: str

    def sentence(self) -> str:
        return f"The share in {sanitise(self.path)} cannot be used: {sanitise(self.why)}. {sanitise(self.advice)}"


@dataclass(kw_only=True, eq=False)
class ShareOutdated(KeyHolderError):
    """A share of an epoch that is over."""

    path: str
    epoch: int
    # The group's, today.
    present: int

    def sentence(self) -> str:
        return (
            f"The share in {sanitise(self.path)} is of epoch {self.epoch}, and its group is in epoch {self.present}: "
            "it signs nothing any more, and is not opened. Use the share that was made when the epoch changed, "
            "or let the others repair yours."
        )


@dataclass(kw_only=True, eq=False)
class CeremonyFailed(HoldingError):
    """What the holders were to do together did not come about."""

    # With its article, such as `the signing`.
    what: str
    why: str

    def sentence(self) -> str:
        what = sanitise(self.what)
        return f"{what[:1].upper()}{what[1:]} failed: {sanitise(self.why, most=1_000)}."


@dataclass(kw_only=True, eq=False)
class HolderUnservable(HoldingError):
    """A holder's process cannot be reached where it should be."""

    address: str
    why: str
    advice: str = "Choose another address."

    def sentence(self) -> str:
        why, advice = sanitise(self.why), sanitise(self.advice)
        return f"Nobody can be served at {sanitise(self.address)}: {why}. {advice}"


@dataclass(kw_only=True, eq=False)
class TranscriptDisputed(HoldingError):
    """An independent implementation comes to another result than the record of a round."""

    count: int
    first: str

    def sentence(self) -> str:
        more = f"; there are {self.count} such" if self.count > 1 else ""
        return f"The transcript does not hold: {sanitise(self.first, most=_LONG)}{more}."


@dataclass(kw_only=True, eq=False)
class AuditorMissing(HoldingError):
    """The independent implementation is not installed."""

    why: str

    def sentence(self) -> str:
        return (
            f"The transcript cannot be replayed: {sanitise(self.why)}. Install Node.js 20 or newer, run "
            "`npm install @noble/curves@2.4`, and give its folder with --noble FOLDER/node_modules."
        )
