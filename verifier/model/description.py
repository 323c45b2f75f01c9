"""What a descriptor (ERC-7730) says of a call or a message: its author's words, and the bytes that they are about.

Nothing here weakens a finding. What the descriptor leaves out stands in `hidden`, so that all of the data is told.
"""

from __future__ import annotations

from dataclasses import dataclass

from verifier.model.address import Address
from verifier.model.evidence import Evidence
from verifier.model.finding import ByteRange
from verifier.model.text import Shown
from verifier.model.units import Wei


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribedField:
    """A value as the descriptor wants it to be shown."""

    label: Shown
    value: Shown
    # Where in the arguments or the message, such as `order.limits.min`; empty for a constant of the descriptor.
    path: Shown
    # Of the call's data; None for a message, for what stands around the data, and for a constant.
    where: ByteRange | None
    # What the descriptor calls the fields around it; empty where it says nothing.
    group: Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class HiddenField:
    """A value that the descriptor does not show, shown all the same."""

    path: Shown
    value: Shown
    # Such as `the descriptor hides it`.
    why: Shown
    where: ByteRange | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NestedCall:
    """A call that the descriptor says is made inside of this one."""

    target: Address
    value: Wei
    data: bytes
    # Who makes it; None where the descriptor does not say.
    caller: Address | None
    # Of the data of the call around it.
    where: ByteRange | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """A call or a message in the words of a descriptor."""

    # What it is for, filled in with values where the descriptor has a sentence for that.
    intent: Shown
    fields: tuple[DescribedField, ...]
    hidden: tuple[HiddenField, ...]
    # Who the descriptor says is behind the contract; empty where it does not say.
    owner: Shown
    # The file.
    source: Shown
    # Of the weakest thing that it rests on. A descriptor that did not come with this release is one source's claim.
    evidence: Evidence
    calls: tuple[NestedCall, ...] = ()
    # What a reader has to know of the descriptor, such as that another one is bound to the same contract.
    notes: tuple[Shown, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A descriptor that is not used, since following it would be guessing."""

    source: Shown
    why: Shown

    @property
    def sentence(self) -> Shown:
        return Shown(f"This descriptor cannot be used: {self.source}: {self.why}.")
