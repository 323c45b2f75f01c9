"""Reading a vault from its storage words: who is in it, what it asks for, and everything that is pending."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Final

from verifier.assess.bypasses import terms_in_force
from verifier.chain import layout
from verifier.chain.finder import find_operation
from verifier.chain.panel import Panel
from verifier.chain.words import Words, read_words
from verifier.errors import (
    CodeHashUnexpected,
    CompanionMissing,
    CompanionUnexpected,
    EndpointRefused,
    FoundingUnexpected,
    ProofInvalid,
    VaultMissing,
)
from verifier.model.address import Address
from verifier.model.asset import AssetTerms, Use
from verifier.model.bypass import BypassRecord, BypassTerms
from verifier.model.companions import Companion, Companions
from verifier.model.evidence import Evidence, Fact
from verifier.model.finding import Finding, Severity
from verifier.model.group import Group, unpack_holders
from verifier.model.lane import Lane
from verifier.model.life import Status
from verifier.model.member import Member, MemberRecord, MemberStatus, Suspension
from verifier.model.reading import (
    Bypass,
    BypassReading,
    Head,
    LaneReading,
    OperationReading,
    PolicyReading,
    VaultReading,
)
from verifier.model.roster import Roster
from verifier.model.rule import Rule
from verifier.model.text import Shown, sanitise
from verifier.model.tier import Tier, TierTerms
from verifier.model.units import (
    LANES_PER_SEAT,
    SEATS,
    LaneIndex,
    MemberIndex,
    OperationId,
    Person,
    Timestamp,
)
from verifier.model.word import seats_in

# A block may come between asking for the head and asking for proofs, and some nodes prove only the latest one.
_ATTEMPTS: Final = 3
_MOST_BYPASSES: Final = 1_000
_TIER_SLOTS: Final = tuple(layout.terms(tier) for tier in Tier)
_FIXED: Final = (layout.ROSTER, layout.FOUNDING, layout.GROUP_SEATS, layout.REGISTRY, *_TIER_SLOTS)
_SEAT_SLOTS: Final = tuple(layout.seat(MemberIndex(i)) for i in range(SEATS))


class VaultReader:
    """The port ChainReader over a panel of endpoints, for one pinned vault."""

    def __init__(
        self,
        panel: Panel,
        *,
        vault: Address,
        code_hash: bytes,
        founding: bytes | None,
        companions: Companions,
        tag: str = "latest",
    ) -> None:
        """Take what this signer pinned.

        :param companions: where those are that stand in the pinned code
        :param founding: hash of the founding configuration; None only where it is about to be pinned
        :param tag: which block: latest, safe or finalized
        """
        self._panel = panel
        self._vault = vault
        self._code_hash = code_hash
        self._founding = founding
        self._companions = companions
        self._tag = tag

    def read_vault(self) -> VaultReading:
        """Return the vault at a block that is agreed on now.

        :raises PinError: it is not the pinned vault.
        :raises EvidenceError: it cannot be read.
        """
        for _ in range(_ATTEMPTS - 1):
            try:
                return self._read(self._panel.head(self._tag))
            except (EndpointRefused, ProofInvalid):
                continue
        return self._read(self._panel.head(self._tag))

    def read_policy(
        self,
        reading: VaultReading,
        *,
        assets: Iterable[Address] = (),
        accounts: Iterable[Address] = (),
        functions: Iterable[tuple[Address, bytes]] = (),
    ) -> PolicyReading:
        """Return the vault's words about assets, accounts and functions, at the block of a reading.

        :param functions: targets and selectors
        :raises EvidenceError: they cannot be read.
        """
        listed, parties = list(dict.fromkeys(assets)), list(dict.fromkeys(accounts))
        ruled = list(dict.fromkeys(functions))
        slots = [layout.asset(asset) for asset in listed] + [layout.counterparty(party) for party in parties]
        slots += [layout.rule(target, selector) for target, selector in ruled]
        words = self._words(reading.head, slots)
        terms = {asset: AssetTerms.unpack(words[layout.asset(asset)]) for asset in listed}
        uses = {party: Use(words[layout.counterparty(party)] & sum(Use)) for party in parties}
        rules = {function: Rule.unpack(words[layout.rule(*function)]) for function in ruled}
        return PolicyReading(
            assets={
                asset: Fact(value=value, evidence=words.evidence)
                for asset, value in terms.items()
                if value is not None
            },
            counterparties={
                account: Fact(value=value, evidence=words.evidence)
                for account, value in uses.items()
                if value
            },
            rules={
                function: Fact(value=rule, evidence=words.evidence)
                for function, rule in rules.items()
                if rule is not None
            },
        )

    def read_bypasses(self, reading: VaultReading) -> BypassReading:
        """Return what the ledger of bypasses says about the vault, at the block of a reading.

        :raises EvidenceError: it cannot be read.
        """
        ledger, head = self._companions.bypass_ledger, reading.head
        first = layout.bypass_terms(self._vault)
        words = read_words(self._panel, head, account=ledger, slots=[first])
        terms = terms_in_force(words[first])
        indices = _bypasses_of(terms)
        if not indices:
            return BypassReading(terms=terms, bypasses={}, evidence=words.evidence)
        slots = [slot for index in indices for slot in layout.bypass(self._vault, index)]
        found = read_words(self._panel, head, account=ledger, slots=slots)
        bypasses = {}
        for index in indices:
            operation_id, record, findings = (found[slot] for slot in layout.bypass(self._vault, index))
            bypasses[index] = Bypass(
                operation_id=OperationId(operation_id.to_bytes(32, "big")),
                record=BypassRecord.unpack(record),
                findings=findings.to_bytes(32, "big"),
            )
        return BypassReading(terms=terms, bypasses=bypasses, evidence=min(words.evidence, found.evidence))

    def require_companions(self, reading: VaultReading, companions: Iterable[Companion]) -> Evidence:
        """Return why it is believed that the companions are where this release has them, at the block of a reading.

        :raises CompanionMissing: nothing is there.
        :raises CompanionUnexpected: other code is there.
        :raises EvidenceError: it cannot be read.
        """
        evidence = reading.head.evidence
        for companion in companions:
            words = read_words(self._panel, reading.head, account=companion.address, slots=())
            name, found = companion.name.replace("_", " "), words.account
            if not found.has_code:
                raise CompanionMissing(name=name, companion=companion.address, chain_id=reading.head.chain_id)
            if found.code_hash != companion.code_hash:
                raise CompanionUnexpected(
                    name=name,
                    companion=companion.address,
                    expected=companion.code_hash,
                    actual=found.code_hash,
                )
            evidence = words.evidence
        return evidence

    def find_operation(self, reading: VaultReading, lane: LaneReading) -> OperationReading:
        """Return the bytes of a lane's operation. That they cannot be found is a finding, not an error."""
        return find_operation(self._panel, reading, lane)

    def _words(self, head: Head, slots: list[int]) -> Words:
        return read_words(self._panel, head, account=self._vault, slots=slots)

    def _read(self, head: Head) -> VaultReading:
        fixed = self._words(head, [*_FIXED, *_SEAT_SLOTS])
        self._require_pinned(fixed, head)
        seats = {i: layout.SEAT.unpack(fixed[layout.seat(i)]) for i in map(MemberIndex, range(SEATS))}
        sitting = {i: _address_in(seat["member"]) for i, seat in seats.items() if seat["member"]}
        # Long after a seat was left nothing can be open in it any more.
        used = [i for i, seat in seats.items() if seat["member"] or seat["freeFrom"] >= head.timestamp]
        lanes = [LaneIndex(seat * LANES_PER_SEAT + i) for seat in used for i in range(LANES_PER_SEAT)]
        groups = seats_in(fixed[layout.GROUP_SEATS])
        keyed = [address for seat, address in sitting.items() if seat in groups]
        words = self._words(head, _slots_of(lanes, sitting.values(), keyed))
        evidence = min(fixed.evidence, words.evidence)
        terms = [TierTerms.unpack(fixed[slot]) for slot in _TIER_SLOTS]
        return VaultReading(
            head=head,
            vault=self._vault,
            balance=Fact(value=fixed.account.balance, evidence=fixed.evidence),
            code_hash=Fact(value=fixed.account.code_hash, evidence=fixed.evidence),
            founding=Fact(value=fixed[layout.FOUNDING].to_bytes(32, "big"), evidence=fixed.evidence),
            roster=Fact(value=Roster.unpack(fixed[layout.ROSTER]), evidence=fixed.evidence),
            tiers=Fact(value=(terms[0], terms[1], terms[2], terms[3]), evidence=fixed.evidence),
            companions=self._companions,
            registry=Fact(value=_address_in(fixed[layout.REGISTRY]), evidence=fixed.evidence),
            groups=Fact(value=groups, evidence=fixed.evidence),
            members=Fact(value=_members(sitting, keyed, words), evidence=evidence),
            lanes=Fact(value=_lanes(lanes, words), evidence=evidence),
            findings=_findings(head, evidence),
        )

    def _require_pinned(self, fixed: Words, head: Head) -> None:
        if not fixed.account.has_code:
            raise VaultMissing(vault=self._vault, chain_id=head.chain_id)
        if fixed.account.code_hash != self._code_hash:
            raise CodeHashUnexpected(
                vault=self._vault, expected=self._code_hash, actual=fixed.account.code_hash
            )
        founding = fixed[layout.FOUNDING].to_bytes(32, "big")
        if self._founding is not None and founding != self._founding:
            raise FoundingUnexpected(vault=self._vault, expected=self._founding, actual=founding)


def _slots_of(lanes: Iterable[LaneIndex], members: Iterable[Address], groups: Iterable[Address]) -> list[int]:
    slots = []
    for lane in lanes:
        slots += [layout.lane_id(lane), layout.lane_state(lane), layout.withdrawn(lane)]
    for member in members:
        slots += [layout.record(member), layout.suspension(member)]
    for group in groups:
        slots += layout.group(group)
    return slots


def _bypasses_of(terms: BypassTerms) -> list[int]:
    """Return the bypasses that matter: those that are unreviewed or behind one, and as many of the latest as the limit.

    While one is overdue there are no further ones, so they are few; of a ledger that says otherwise, only the last.
    """
    first = min(terms.first_unreviewed, terms.count - terms.limit)
    last = range(max(first, terms.count - _MOST_BYPASSES, 0), terms.count)
    return sorted({*last, min(terms.first_unreviewed, terms.count - 1)}) if terms.count else []


def _address_in(word: int) -> Address:
    return Address((word & (1 << 160) - 1).to_bytes(20, "big"))


def _members(
    sitting: Mapping[MemberIndex, Address], groups: Collection[Address], words: Words
) -> Mapping[MemberIndex, Member]:
    members = {}
    for seat, address in sitting.items():
        record = MemberRecord.unpack(words[layout.record(address)])
        fields = layout.SUSPENSION.unpack(words[layout.suspension(address)])
        suspension = Suspension(
            guardian_person=Person(fields["guardianPerson"]), lapses_at=Timestamp(fields["lapsesAt"])
        )
        is_held = record.status is MemberStatus.SUSPENDED
        members[seat] = Member(
            address=address,
            record=record,
            suspension=suspension if is_held else None,
            group=_group(address, words) if address in groups else None,
        )
    return MappingProxyType(members)


def _group(address: Address, words: Words) -> Group:
    x, *holders = (words[slot] for slot in layout.group(address))
    return Group(x=x, holders=unpack_holders(holders))


def _lanes(lanes: Iterable[LaneIndex], words: Words) -> tuple[LaneReading, ...]:
    found = []
    for lane in lanes:
        state = Lane.unpack(words[layout.lane_state(lane)])
        if state.status is Status.UNKNOWN:
            continue
        taken_back = seats_in(words[layout.withdrawn(lane)]) if state.withdrawals else frozenset()
        operation_id = OperationId(words[layout.lane_id(lane)].to_bytes(32, "big"))
        found.append(LaneReading(lane=lane, operation_id=operation_id, state=state, withdrawn=taken_back))
    return tuple(found)


def _findings(head: Head, evidence: Evidence) -> tuple[Finding, ...]:
    """Return what is to be known about the reading itself."""
    found = []
    if head.evidence is Evidence.CLAIMED:
        said = "Nothing here is more than the claim of one endpoint; configure several before you sign."
        found.append(("one-endpoint", Severity.WARNING, said))
    elif evidence is Evidence.AGREED:
        said = "No endpoint proves storage, so it is only agreed; use one that answers eth_getProof."
        found.append(("not-proven", Severity.NOTICE, said))
    if head.dissenting:
        names = ", ".join(sanitise(name) for name in head.dissenting)
        said = f"{names} gave another block than the others; sign nothing until you know which is wrong."
        found.append(("endpoint-dissents", Severity.DANGER, said))
    if head.silent:
        names = ", ".join(sanitise(name) for name in head.silent)
        found.append(
            ("endpoint-silent", Severity.NOTICE, f"{names} gave no usable answer; check or replace it.")
        )
    return tuple(
        Finding(rule=rule, severity=severity, sentence=Shown(said), evidence=head.evidence)
        for rule, severity, said in found
    )
