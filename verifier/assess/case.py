"""What an operation is judged by: its bytes, where it stands, and what is known beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from verifier.assess.policy import Judgement
from verifier.assess.quorum import Count
from verifier.assess.standing import Quorum
from verifier.model.account import AccountReading
from verifier.model.address import Address
from verifier.model.asset import Use
from verifier.model.call import DecodedCall
from verifier.model.evidence import Evidence
from verifier.model.history import NO_HISTORY, History
from verifier.model.operation import Operation
from verifier.model.reading import BypassReading, LaneReading, PolicyReading, VaultReading
from verifier.model.simulation import Simulation
from verifier.model.text import Foreign, Shown, sanitise
from verifier.model.units import MemberIndex, OperationId, Timestamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A call, and where in the operation it stands."""

    call: DecodedCall
    # Which call of the operation, and the way from that one to this.
    index: int
    path: tuple[int, ...] = ()

    @property
    def name(self) -> Shown:
        """The numbers of the way, counted from one: `Call 2.1` is the first call inside of the second one."""
        return Shown("Call " + ".".join(str(i + 1) for i in (self.index, *self.path)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Precedent:
    """An earlier operation of this vault that was executed, as it was read from its bytes."""

    operation_id: OperationId
    calls: tuple[DecodedCall, ...]
    executed_at: Timestamp


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedApproval:
    """A co-signer's signature, after it was held against this client's own digest."""

    seat: MemberIndex
    # Who sits there.
    expected: Address
    # Who made it, by this client's digest; None where it is no signature that anybody could have made, and where it
    # is by FROST but does not fit the key of the group that sits there.
    actual: Address | None
    # Where it was found, such as `the publishing transaction`.
    source: Shown
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What an operation is judged by. What nobody asked for is left out, and never counts as good news."""

    reading: VaultReading
    lane: LaneReading
    # None where the bytes were not found; the calls are empty then, and there is no judgement.
    operation: Operation | None
    calls: tuple[DecodedCall, ...]
    # What the vault says of the accounts that the calls name, and what this signer calls them.
    policy: PolicyReading
    labels: Mapping[Address, Foreign]
    # What today's policy makes of the calls.
    judgement: Judgement | None
    quorum: Quorum
    bypasses: BypassReading | None = None
    # Those that the calls name, as far as they were read.
    accounts: Mapping[Address, AccountReading] = field(default_factory=dict)
    # None where nobody was asked to play the operation.
    simulation: Simulation | None = None
    history: History = NO_HISTORY
    # The operations that the history remembers, newest first.
    precedents: tuple[Precedent, ...] = ()
    # None where nobody looked for signatures.
    approvals: tuple[CheckedApproval, ...] | None = None

    @property
    def vault(self) -> Address:
        return self.reading.vault

    @property
    def count(self) -> Count:
        return self.quorum.count

    @property
    def is_recounted(self) -> bool:
        """Whether members, tiers or policy have changed since approvals were counted, so that execution recounts."""
        return self.lane.state.epoch != self.reading.roster.value.epoch

    @property
    def evidence(self) -> Evidence:
        """Of the operation's bytes, which hash to the id in its lane, and of the lane's state."""
        return self.reading.lanes.evidence

    @property
    def remembers(self) -> bool:
        """Whether this client remembers what the vault did before. If not, nobody is new, and nothing differs."""
        return bool(self.history.executed or self.history.counterparties)

    def sites(self) -> Iterator[Site]:
        """Yield every call of the operation and all inside of them, outermost first."""
        for i, outer in enumerate(self.calls):
            for path, call in outer.walk():
                yield Site(call=call, index=i, path=path)

    def is_allowed(self, account: Address, use: Use) -> bool:
        """Whether the vault allows an account this use, proven: what is only said to be allowed lowers no severity."""
        fact = self.policy.counterparties.get(account)
        return fact is not None and fact.evidence is Evidence.PROVEN and bool(fact.value & use)

    def name(self, address: Address) -> Shown:
        """Return an address whole, with this signer's label for it."""
        if address == self.vault:
            return Shown(f"{address} (this vault)")
        if companion := self.reading.companions.name_of(address):
            return Shown(f"{address} ({companion} of this release)")
        label = self.labels.get(address)
        return Shown(f"{address} ({sanitise(label, most=60)})" if label else str(address))
