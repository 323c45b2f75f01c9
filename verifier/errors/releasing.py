"""What a gate before production says: it stays shut, its record is not what was written, or its inputs are no use."""

# ruff: noqa: N818 - named like the twins, by subject and fact.

from __future__ import annotations

from dataclasses import dataclass

from verifier.errors.text import sanitise
from verifier.errors.tree import ConfigurationError, FourthSignerError, InputError

_LONG = 600


@dataclass(kw_only=True, eq=False)
class GateError(FourthSignerError):
    """Nothing went through, and where nothing else is said no token is spent."""


@dataclass(kw_only=True, eq=False)
class ReleaseRefused(GateError):
    """Two people have not released this, or not this, or not now."""

    # A name that stays, for scripts: docs/releasing.md lists them.
    rule: str
    why: str

    def sentence(self) -> str:
        return (
            f"Not released ({sanitise(self.rule)}): {sanitise(self.why, most=_LONG).rstrip('.')}. "
            "docs/releasing.md says what to do."
        )


@dataclass(kw_only=True, eq=False)
class ReviewRefused(GateError):
    """The security team has not approved this change, or the wrong people have."""

    # A name that stays, for scripts: docs/releasing.md lists them.
    rule: str
    why: str

    def sentence(self) -> str:
        return (
            f"Not approved ({sanitise(self.rule)}): {sanitise(self.why, most=_LONG).rstrip('.')}. "
            "docs/releasing.md says what to do."
        )


@dataclass(kw_only=True, eq=False)
class ReleaseRecordBroken(GateError):
    """The record of releases is not what was written into it. The gate stays shut until it is."""

    path: str
    # Of the first entry that is not right.
    number: int
    why: str

    def sentence(self) -> str:
        return (
            f"The record of releases {sanitise(self.path)} is broken at entry {self.number}: "
            f"{sanitise(self.why, most=_LONG).rstrip('.')}. Keep it as it is, find out who changed it, and put a copy "
            "in its place that holds the newest head that was told."
        )


@dataclass(kw_only=True, eq=False)
class ReleaseRecordUnusable(GateError):
    """The record of releases is missing, or cannot be read or written. A lost record opens nothing."""

    path: str
    why: str

    def sentence(self) -> str:
        return (
            f"The record of releases {sanitise(self.path)} cannot be used: "
            f"{sanitise(self.why, most=_LONG).rstrip('.')}. Without it nobody can tell which tokens were used, so "
            "nothing is released."
        )


@dataclass(kw_only=True, eq=False)
class RepositoryUnreadable(GateError):
    """Git does not say what has to be known of a commit."""

    path: str
    why: str

    def sentence(self) -> str:
        return f"The repository {sanitise(self.path)} cannot be read: {sanitise(self.why, most=_LONG).rstrip('.')}."


@dataclass(kw_only=True, eq=False)
class ReleasePolicyMalformed(ConfigurationError):
    """What says who may release, or who may no longer, cannot be used."""

    path: str
    why: str

    def sentence(self) -> str:
        return (
            f"The release policy {sanitise(self.path)} cannot be used: {sanitise(self.why, most=_LONG).rstrip('.')}. "
            "docs/releasing.md explains every line."
        )


@dataclass(kw_only=True, eq=False)
class ReviewInputMalformed(InputError):
    """A file of CODEOWNERS, or of GitHub's answers, is not what it should be."""

    path: str
    why: str

    def sentence(self) -> str:
        return (
            f"{sanitise(self.path)} cannot be used: {sanitise(self.why, most=_LONG).rstrip('.')}. Give GitHub's "
            "answer unchanged; docs/releasing.md says which."
        )
