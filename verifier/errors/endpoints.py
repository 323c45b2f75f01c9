"""What is wrong with an endpoint or its answers. Each names the endpoint, whose words are sanitised here."""

# ruff: noqa: N818 - named like the twins, by subject and fact.

from __future__ import annotations

from dataclasses import dataclass

from verifier.errors.text import sanitise, show_bytes
from verifier.errors.tree import EndpointError, EvidenceError

_MOST_NAMES = 5


@dataclass(kw_only=True, eq=False)
class EndpointUnreachable(EndpointError):
    why: str
    # Of HTTP, where that is what it answers.
    status: int | None = None
    # Seconds after which it wants to be asked again.
    retry_after: float | None = None

    def sentence(self) -> str:
        return (
            f"The endpoint {sanitise(self.endpoint)} does not answer: {sanitise(self.why)}. Check its address, or use "
            "another."
        )


@dataclass(kw_only=True, eq=False)
class EndpointTooSlow(EndpointError):
    seconds: float

    def sentence(self) -> str:
        return (
            f"The endpoint {sanitise(self.endpoint)} took longer than {self.seconds:g} seconds; use another."
        )


@dataclass(kw_only=True, eq=False)
class EndpointAnswerTooLong(EndpointError):
    maximum: int

    def sentence(self) -> str:
        return f"The endpoint {sanitise(self.endpoint)} answered with more than {self.maximum} bytes; use another."


@dataclass(kw_only=True, eq=False)
class EndpointAnswerMalformed(EndpointError):
    method: str
    why: str

    def sentence(self) -> str:
        return (
            f"The endpoint {sanitise(self.endpoint)} answered {sanitise(self.method)} with what makes no sense: "
            f"{sanitise(self.why)}. Use another."
        )


@dataclass(kw_only=True, eq=False)
class EndpointRefused(EndpointError):
    """The endpoint answered a request with an error of its own."""

    method: str
    code: int
    message: str
    # What a reverted call gave as data.
    data: bytes = b""

    def sentence(self) -> str:
        return (
            f"The endpoint {sanitise(self.endpoint)} refused {sanitise(self.method)} with error {self.code}: "
            f"{sanitise(self.message)}."
        )


@dataclass(kw_only=True, eq=False)
class HeaderUnproven(EndpointError):
    """A header that does not hash to what it says."""

    expected: bytes
    actual: bytes
    # Names of members that no header has as far as this release knows.
    unknown: tuple[str, ...] = ()

    def sentence(self) -> str:
        said = (
            f"The endpoint {sanitise(self.endpoint)} gave a block header as {show_bytes(self.expected)} that hashes to "
            f"{show_bytes(self.actual)}; "
        )
        if not self.unknown:
            return f"{said}it lies or speaks of another chain. Use another."
        names = ", ".join(sanitise(name) for name in self.unknown[:_MOST_NAMES])
        return (
            f"{said}it has fields that this release does not know ({names}): a later fork added them, or it lies. Use "
            "a newer release, or another endpoint."
        )


@dataclass(kw_only=True, eq=False)
class ProofInvalid(EndpointError):
    """A Merkle proof that does not lead from the state root to what was said."""

    what: str

    def sentence(self) -> str:
        return (
            f"The endpoint {sanitise(self.endpoint)} could not prove {sanitise(self.what)} against the agreed block; "
            "do not trust it, use another."
        )


@dataclass(kw_only=True, eq=False)
class EndpointsDisagree(EvidenceError):
    """Fewer endpoints than configured agree; the ones that stand apart are named."""

    what: str
    needed: int
    agreeing: int
    others: tuple[str, ...]

    def sentence(self) -> str:
        others = ", ".join(sanitise(other) for other in self.others)
        return (
            f"{self.agreeing} endpoints agree on {sanitise(self.what)}, and {self.needed} have to; {others} said "
            "otherwise or nothing. Sign nothing until you know which of them is wrong."
        )


@dataclass(kw_only=True, eq=False)
class TransactionRejected(EndpointError):
    message: str

    def sentence(self) -> str:
        return (
            f"The endpoint {sanitise(self.endpoint)} did not take the transaction: {sanitise(self.message)}. Check "
            "nonce, fee and balance of the sender."
        )


@dataclass(kw_only=True, eq=False)
class TransactionUnmined(EndpointError):
    transaction: bytes
    seconds: float

    def sentence(self) -> str:
        return (
            f"Transaction {show_bytes(self.transaction)} is in no block after {self.seconds:g} seconds; it may still "
            "come, so look for it before you send another."
        )
