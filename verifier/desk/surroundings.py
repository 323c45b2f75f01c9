"""What is known of an operation beside the vault's own words: accounts, a simulation, memory, signatures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from verifier.assess.case import CheckedApproval
from verifier.decode.descriptors.index import DescriptorBook
from verifier.decode.signatures import Interface
from verifier.desk.approvals import check_approvals
from verifier.desk.past_words import Precedents
from verifier.model.account import AccountReading
from verifier.model.address import Address
from verifier.model.history import NO_HISTORY, History
from verifier.model.reading import ApprovalsReading, LaneReading, VaultReading
from verifier.model.simulation import Simulation
from verifier.model.text import Shown, show_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a review is given. What is left out was not asked for, and its rules say that they could not judge."""

    # Those that the calls name.
    accounts: Mapping[Address, AccountReading] = field(default_factory=dict)
    simulation: Simulation | None = None
    history: History = NO_HISTORY
    # What the history's operations did; shared by the reviews of one reading.
    precedents: Precedents = field(default_factory=Precedents, compare=False)
    # The co-signers' signatures that were found; None where nobody looked, or nothing could be had.
    approvals: tuple[CheckedApproval, ...] | None = None
    # The signer's own ABIs, and the descriptors that may be about these calls.
    books: Mapping[Address | None, Interface] = field(default_factory=dict)
    descriptors: DescriptorBook | None = None


NO_SURROUNDINGS: Final = Surroundings()


def surroundings_of(
    reading: VaultReading,
    lane: LaneReading,
    *,
    accounts: Mapping[Address, AccountReading],
    simulation: Simulation | None,
    history: History,
    published: ApprovalsReading | None,
    books: Mapping[Address | None, Interface] | None = None,
    descriptors: DescriptorBook | None = None,
    precedents: Precedents | None = None,
) -> Surroundings:
    """Return what is known of a lane's operation, its co-signers' signatures held against this client's digest.

    :param published: the approvals that its publishing transaction brought along, where that could be had
    """
    checked: tuple[CheckedApproval, ...] | None = None
    if published is not None and published.approvals is not None:
        source = Shown(f"the transaction that published it ({show_bytes(published.transaction)})")
        checked = tuple(
            check_approvals(published.approvals, reading, lane, source=source, evidence=published.evidence)
        )
    return Surroundings(
        accounts=accounts,
        simulation=simulation,
        history=history,
        precedents=precedents or Precedents(),
        approvals=checked,
        books=books or {},
        descriptors=descriptors,
    )
