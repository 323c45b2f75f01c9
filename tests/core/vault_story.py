"""What happens to a vault: each step changes storage and writes real logs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from eth_hash.auto import keccak

from tests.core.vault_state import DAY, MINUTE, TOKEN, VaultState, view
from tests.desk.fakes import COMPANIONS, VAULT, address_of
from verifier.model.address import Address
from verifier.model.asset import AssetTerms, Use
from verifier.model.bypass import BypassRecord, Verdict
from verifier.model.call import AbiValue
from verifier.model.evidence import Evidence, Fact
from verifier.model.finding import Severity
from verifier.model.lane import EMPTY_LANE
from verifier.model.life import Status
from verifier.model.member import Member, MemberStatus, Suspension
from verifier.model.operation import Publication
from verifier.model.reading import Bypass, LaneReading
from verifier.model.tier import Tier, TierBook
from verifier.model.units import (
    BlockNumber,
    Epoch,
    Hours,
    LaneIndex,
    MemberIndex,
    OperationId,
    Person,
    Sequence,
    Timestamp,
)


@dataclass(slots=True, kw_only=True)
class VaultStory(VaultState):
    """A vault to which things happen."""

    # ------------------------------------------------------------------------------------------------- Operations

    def propose(
        self,
        lane: int = 0,
        tier: Tier = Tier.ROUTINE,
        *approvals: int,
        severities: Iterable[Severity] = (),
        seat_operation: bool = False,
    ) -> OperationId:
        """Publish an operation, perhaps with approvals; with enough of them its clock begins to run."""
        self.transact()
        index = LaneIndex(lane)
        former = self.lanes.get(lane)
        sequence = Sequence(former.state.sequence + 1 if former else 1)
        operation_id = OperationId(keccak(b"%d of %d" % (sequence, lane)))
        state = replace(
            EMPTY_LANE,
            approvals=frozenset(map(MemberIndex, approvals)),
            epoch=Epoch(self.epoch),
            moment=Timestamp(self.now + 7 * DAY),
            publication=Publication(block=BlockNumber(self.block), parent=1),
            sequence=sequence,
            status=Status.PROPOSED,
            tier=tier,
            seat_operation=seat_operation,
        )
        self.lanes[lane] = LaneReading(
            lane=index, operation_id=operation_id, state=state, withdrawn=frozenset()
        )
        self.views[operation_id] = view(operation_id, *severities)
        self._start_clock(lane)
        state = self.lanes[lane].state
        calls = ((TOKEN, 0, b"data"),)
        values: dict[str, AbiValue] = {"id": operation_id, "state": state.pack(), "lane": lane}
        self.emit(VAULT, "Proposed", **values, approveBy=self.now + 7 * DAY, calls=calls)
        return operation_id

    def approve(self, lane: int, *seats: int) -> None:
        self.transact()
        state = self.lanes[lane].state
        self._put(lane, approvals=state.approvals | set(map(MemberIndex, seats)))
        self._start_clock(lane)
        self._say("Approved", lane)

    def withdraw(self, lane: int, seat: int) -> None:
        self.transact()
        state = self.lanes[lane].state
        kept = state.approvals - {MemberIndex(seat)}
        self._put(lane, approvals=kept, withdrawals=True)
        self.lanes[lane] = replace(
            self.lanes[lane], withdrawn=self.lanes[lane].withdrawn | {MemberIndex(seat)}
        )
        if len(kept) < self.tiers[state.tier].quorum:
            self._put(lane, status=Status.PROPOSED, moment=Timestamp(self.now + DAY), grace_hours=Hours(0))
        self._say("Withdrawn", lane, by=address_of(seat))

    def object(self, lane: int, seat: int) -> None:
        self.transact()
        self._put(
            lane,
            objected=True,
            status=Status.PROPOSED,
            moment=Timestamp(self.now + DAY),
            grace_hours=Hours(0),
        )
        self._say("Objected", lane, by=address_of(seat))

    def end(self, lane: int, how: Status, seat: int = 5) -> None:
        """Execute, veto or cancel."""
        self.transact()
        self._put(lane, status=how)
        name = {Status.EXECUTED: "Executed", Status.VETOED: "Vetoed", Status.CANCELLED: "Cancelled"}[how]
        values: dict[str, AbiValue] = {} if name == "Cancelled" else {"by": address_of(seat)}
        self.emit(VAULT, name, id=self.lanes[lane].operation_id, **values)

    def expedite(self, lane: int, *seats: int, left: int = 10 * MINUTE) -> int:
        """Use break-glass, and return the number of the bypass."""
        self.transact()
        one, index = self.lanes[lane], len(self.bypasses)
        record = BypassRecord(
            at=Timestamp(self.now),
            former_ready_at=one.state.moment,
            lane=LaneIndex(lane),
            seats=frozenset(map(MemberIndex, seats)),
        )
        self.bypasses[index] = Bypass(operation_id=one.operation_id, record=record, findings=bytes(32))
        self.ledger = replace(self.ledger, count=index + 1)
        self._put(lane, moment=Timestamp(self.now + left))
        self.emit(
            COMPANIONS.bypass_ledger,
            "BypassRecorded",
            vault=VAULT,
            bypass=index,
            id=one.operation_id,
            record=record.pack(),
        )
        self._say("Expedited", lane)
        return index

    def review(self, index: int, verdict: Verdict) -> None:
        self.transact()
        record = replace(
            self.bypasses[index].record,
            verdict=verdict,
            reviewer=Person(107),
            reviewed_at=Timestamp(self.now),
        )
        findings = b"\x0f" * 32
        self.bypasses[index] = replace(self.bypasses[index], record=record, findings=findings)
        self.emit(
            COMPANIONS.bypass_ledger,
            "BypassReviewed",
            vault=VAULT,
            bypass=index,
            record=record.pack(),
            findings=findings,
            terms=self.ledger.pack(),
        )

    # ---------------------------------------------------------------------------------------------------- Members

    def seat(self, changed: Member, *, in_transaction: bool = False) -> None:
        """Let a member be so from now on; one who is not seated leaves."""
        if not in_transaction:
            self.transact()
        for seat, each in list(self.members.items()):
            if each.address == changed.address:
                del self.members[seat]
        if changed.record.is_seated:
            self.members[changed.record.seat] = changed
        self.epoch += 1
        self.emit(VAULT, "MemberChanged", member=changed.address, record=changed.record.pack())
        if changed.suspension:
            self.emit(
                VAULT,
                "Suspended",
                member=changed.address,
                guardianPerson=changed.suspension.guardian_person,
                lapsesAt=changed.suspension.lapses_at,
            )
        self.emit(VAULT, "RosterChanged", roster=self.reading().roster.value.pack())

    def suspend(self, seat: int, status: MemberStatus = MemberStatus.SUSPENDED) -> None:
        one = self.members[seat]
        suspension = Suspension(guardian_person=Person(105), lapses_at=Timestamp(self.now + 17 * DAY))
        self.seat(
            replace(
                one,
                record=replace(one.record, status=status),
                suspension=suspension if status is MemberStatus.SUSPENDED else None,
            )
        )

    def set_tiers(self, tiers: TierBook, supermajority: int | None = None) -> None:
        self.transact()
        self.tiers, self.supermajority = tiers, supermajority or self.supermajority
        self.epoch += 1
        words = tuple(terms.pack() for terms in tiers)
        self.emit(VAULT, "TiersSet", tiers=words, supermajority=self.supermajority)

    # ----------------------------------------------------------------------------------------------------- Policy

    def list_asset(self, asset: Address, terms: AssetTerms | None) -> None:
        self.transact()
        assets = {each: fact for each, fact in self.policy.assets.items() if each != asset}
        if terms:
            assets[asset] = Fact(value=terms, evidence=Evidence.PROVEN)
        self.policy = replace(self.policy, assets=assets)
        self.emit(VAULT, "AssetSet", asset=asset, terms=terms.pack() if terms else 0)

    def allow(self, account: Address, uses: Use) -> None:
        self.transact()
        parties = {each: fact for each, fact in self.policy.counterparties.items() if each != account}
        if uses:
            parties[account] = Fact(value=uses, evidence=Evidence.PROVEN)
        self.policy = replace(self.policy, counterparties=parties)
        self.emit(VAULT, "CounterpartySet", account=account, uses=int(uses))

    # ------------------------------------------------------------------------------------------ Parts of the above

    def _put(self, lane: int, **changes: Any) -> None:
        one = self.lanes[lane]
        self.lanes[lane] = replace(one, state=replace(one.state, **changes))

    def _start_clock(self, lane: int) -> None:
        state = self.lanes[lane].state
        terms = self.tiers[state.tier]
        needed = self.supermajority if state.objected else terms.quorum
        if state.status is Status.PROPOSED and len(state.approvals) >= needed:
            self._put(
                lane,
                status=Status.WAITING,
                moment=Timestamp(self.now + terms.delay),
                grace_hours=terms.grace_hours,
            )

    def _say(self, name: str, lane: int, **values: AbiValue) -> None:
        one = self.lanes[lane]
        self.emit(VAULT, name, id=one.operation_id, state=one.state.pack(), **values)
