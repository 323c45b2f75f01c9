"""A vault of plain values as its signer finds it: a theft waits, a batch wants approvals, and a member is to go.

Seat 1 looks at it. Nothing here is asked of a chain, and the clock stands still, so that every picture is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from tests.desk.fakes import (
    APART,
    DAY,
    NOW,
    STRANGER_ADDRESS,
    TOKEN,
    VAULT,
    FakeReader,
    address_of,
    bypass,
    lane_of,
    ledger,
    member,
    members_apart,
    operation,
    reading,
    roster_of,
    signer,
    transfer,
)
from verifier.desk.aids import Aids
from verifier.desk.briefing import Briefing, brief_lane, brief_queue
from verifier.desk.past_words import PastSentences
from verifier.desk.signer import Signer
from verifier.desk.survey import Survey, survey
from verifier.errors import FourthSignerError
from verifier.model.account import AccountReading, TokenReading
from verifier.model.address import NOBODY, Address
from verifier.model.asset import AssetTerms, Use
from verifier.model.bypass import Verdict
from verifier.model.evidence import Evidence, Fact
from verifier.model.history import History, PastOperation
from verifier.model.life import Status
from verifier.model.member import MemberStatus, Role, Suspension
from verifier.model.operation import Call, Operation
from verifier.model.reading import Bypass, LaneReading, PolicyReading, VaultReading
from verifier.model.simulation import Delta, Outcome, Simulation, Touched
from verifier.model.text import Shown
from verifier.model.tier import Tier
from verifier.model.units import (
    Amount,
    BlockNumber,
    LaneIndex,
    OperationId,
    Person,
    Sequence,
    Timestamp,
    Units,
    Wei,
)
from verifier.ports import Memory
from verifier.sign.typed import id_of
from verifier.tui.source import Source

PAYROLL: Final = Address(bytes.fromhex("beef" * 10))
MILLION: Final = 10**12
"""A million of a token with six decimals, in its base unit."""
LABELS: Final = {TOKEN: "USDC", PAYROLL: "Payroll"}
# Has one function, `transfer(address,uint256)`, and stops there.
_CODE: Final = bytes.fromhex("60003560e01c63a9059cbb14601257" + "5f5ffd" + "5b00")
_POLICY: Final = PolicyReading(
    assets={
        NOBODY: Fact(
            value=AssetTerms(
                routine_limit=Units(10 * 10**6), high_value_from=Units(1_000 * 10**6), decimals=18
            ),
            evidence=Evidence.PROVEN,
        ),
        TOKEN: Fact(
            value=AssetTerms(
                routine_limit=Units(50_000 * 10**6),
                high_value_from=Units(MILLION),
                decimals=6,
                level=Units(12_000 * 10**6),
                filled_at=Timestamp(NOW - 3_600),
            ),
            evidence=Evidence.PROVEN,
        ),
    },
    counterparties={PAYROLL: Fact(value=Use.RECIPIENT, evidence=Evidence.PROVEN)},
)


@dataclass(slots=True)
class FakeSimulator:
    """Plays every operation, and says what it is told."""

    simulation: Simulation

    def simulate(
        self,
        reading: VaultReading,  # noqa: ARG002 - it says the same of everything
        lane: LaneReading | None,  # noqa: ARG002
        operation: Operation,  # noqa: ARG002
        *,
        at: Timestamp,
    ) -> Simulation:
        return replace(self.simulation, at=at)


@dataclass(slots=True)
class FakeMemory:
    """Remembers what it was given, and forgets the rest."""

    known: History = field(default_factory=History)

    def history(self, *_: object, **__: object) -> History:
        return self.known

    def note_identities(self, *_: object, **__: object) -> None: ...

    def note_review(self, *_: object, **__: object) -> None: ...

    def note_signing(self, *_: object, **__: object) -> None: ...

    def note_executed(self, *_: object, **__: object) -> None: ...


@dataclass(slots=True)
class Scene:
    """The vault, and everything that may change under the reader's eyes."""

    reader: FakeReader
    signer: Signer
    memory: Memory
    simulator: FakeSimulator
    now: Timestamp = NOW
    # What every question ends in, while there is one.
    trouble: FourthSignerError | None = None
    # Called before each answer, in the asking thread.
    before: Callable[[], object] = lambda: None
    asked: int = 0
    sentences: PastSentences = field(default_factory=PastSentences)

    @property
    def aids(self) -> Aids:
        return Aids(simulator=self.simulator, memory=self.memory)

    def source(self, **options: object) -> Source:
        return Source(
            name=self.signer.vault_name,
            hosts=("one.example", "two.example"),
            now=lambda: self.now,
            brief_queue=self._brief_queue,
            brief_lane=self._brief_lane,
            survey=self._survey,
            every=3_600,
            **options,  # type: ignore[arg-type]
        )

    def change(self, lane: int, new: LaneReading) -> None:
        """Let a lane hold something else from now on."""
        lanes = tuple(new if each.lane == lane else each for each in self.reader.reading.lanes.value)
        self.replace_lanes(lanes)

    def replace_lanes(self, lanes: tuple[LaneReading, ...]) -> None:
        former = self.reader.reading
        self.reader.reading = replace(former, lanes=replace(former.lanes, value=lanes))

    def _brief_queue(self) -> Briefing:
        self._ask()
        return brief_queue(self.reader, _Still(self.now), self.signer, aids=self.aids_without_simulator)

    def _brief_lane(self, lane: int) -> Briefing:
        self._ask()
        return brief_lane(self.reader, _Still(self.now), self.signer, lane, aids=self.aids)

    def _survey(self) -> Survey:
        self._ask()
        return survey(self.reader, self.signer, aids=self.aids, sentences=self.sentences)

    @property
    def aids_without_simulator(self) -> Aids:
        return Aids(memory=self.memory)

    def _ask(self) -> None:
        self.asked += 1
        self.before()
        if self.trouble is not None:
            raise self.trouble


@dataclass(frozen=True, slots=True)
class _Still:
    at: Timestamp

    def now(self) -> Timestamp:
        return self.at


def token_transfer(to: Address, amount: int) -> Call:
    return replace(transfer(to, amount), target=TOKEN)


def theft() -> Operation:
    """Forty million to an account that nobody knows."""
    return operation(token_transfer(STRANGER_ADDRESS, 40 * MILLION), lane=0)


def batch(*, lane: int = 1) -> Operation:
    """A salary with two bytes too many, some native coin, and a call that nothing names."""
    salary = token_transfer(PAYROLL, 5_000_000)
    return operation(
        Call(target=PAYROLL, value=Wei(10**17), data=b""),
        replace(salary, data=salary.data + b"\0\1"),
        Call(
            target=STRANGER_ADDRESS,
            value=Wei(0),
            data=bytes.fromhex("deadbeef") + bytes(31) + b"\7" + bytes(range(16)),
        ),
        lane=lane,
    )


def removal() -> Operation:
    """Takes seat 4 out."""
    data = bytes.fromhex("0b1ca49a") + bytes(12) + address_of(4)
    return operation(Call(target=VAULT, value=Wei(0), data=data), lane=8)


def make_scene(*, symbol: str = "USDC", labels: Mapping[Address, str] = LABELS) -> Scene:
    """Return the usual vault.

    :param symbol: what the token calls itself
    """
    members = members_apart()
    members[4] = replace(
        members[4],
        record=replace(members[4].record, status=MemberStatus.SUSPENDED),
        suspension=Suspension(guardian_person=Person(105), lapses_at=Timestamp(NOW + 15 * DAY)),
    )
    members[6] = member(6, Role.AUDITOR)
    stolen, paid, gone = theft(), batch(), removal()
    ended = operation(Call(target=PAYROLL, value=Wei(1), data=b""), lane=2)
    lanes = (
        lane_of(stolen, 1, 2, 3, tier=Tier.HIGH_VALUE, moment=NOW + DAY + 19 * 3_600),
        lane_of(paid, 1, status=Status.PROPOSED, moment=NOW + 6 * 3_600, tier=Tier.CUSTODY),
        lane_of(ended, status=Status.VETOED),
        lane_of(gone, 1, 2, status=Status.PROPOSED, seat_operation=True, objected=True),
    )
    found = reading(*lanes, members=members, roster=roster_of(members), tiers=APART)
    accounts = {
        each: AccountReading(
            address=each,
            code=_CODE if each == TOKEN else b"",
            code_hash=b"\x55" * 32,
            balance=Wei(0),
            nonce=1,
            evidence=Evidence.PROVEN,
            had_code=Fact(value=True, evidence=Evidence.PROVEN),
            token=TokenReading(
                decimals=6,
                symbol=symbol,
                supply=Amount(10**16),
                balance=Amount(60 * MILLION),
                evidence=Evidence.AGREED,
            )
            if each == TOKEN
            else None,
        )
        for each in (TOKEN, PAYROLL, STRANGER_ADDRESS)
    }
    reader = FakeReader(
        reading=found,
        operations={each.lane: each for each in (stolen, paid, gone, ended)},
        policy=_POLICY,
        bypasses=ledger(
            bypass(OperationId(id_of(removal())), at=NOW - 40 * 3_600), _reviewed(past(11).operation_id)
        ),
        accounts=accounts,
    )
    return Scene(
        reader=reader,
        signer=signer(1, labels=labels),
        memory=FakeMemory(
            known=History(
                executed=tuple(map(past, range(12))), counterparties={PAYROLL: Timestamp(NOW - 90 * DAY)}
            )
        ),
        simulator=FakeSimulator(simulation=_played(stolen)),
    )


def _reviewed(of: OperationId) -> Bypass:
    """Return a use of break-glass of long ago, which seat 6 found justified the day after."""
    used = bypass(of, at=NOW - 90 * DAY, verdict=Verdict.JUSTIFIED)
    record = replace(used.record, reviewer=Person(106), reviewed_at=Timestamp(NOW - 89 * DAY))
    return replace(used, record=record, findings=bytes.fromhex("c0ffee5eed" * 6 + "c0ff"))


def past(number: int) -> PastOperation:
    """Return a salary that was paid so many weeks ago."""
    paid = replace(
        operation(token_transfer(PAYROLL, 5_000_000 + number), lane=number % 8), sequence=Sequence(number + 1)
    )
    return PastOperation(
        operation_id=OperationId(id_of(paid)),
        operation=paid,
        executed_at=Timestamp(NOW - (number + 1) * 7 * DAY),
        evidence=Evidence.PROVEN,
    )


def crowd(scene: Scene, *, pending: int, gone: int) -> Scene:
    """Fill the queue and the history to the brim."""
    stolen = [operation(token_transfer(STRANGER_ADDRESS, 40 + i), lane=i) for i in range(pending)]
    lanes = tuple(
        lane_of(each, 1, 2, tier=Tier.HIGH_VALUE, moment=NOW + DAY + 60 * i) for i, each in enumerate(stolen)
    )
    scene.reader.operations = {LaneIndex(each.lane): each for each in stolen}
    scene.replace_lanes(lanes)
    scene.memory = FakeMemory(History(executed=tuple(map(past, range(gone)))))
    return scene


def _played(subject: Operation) -> Simulation:
    amount = 40 * MILLION
    return Simulation(
        outcome=Outcome.DONE,
        why=Shown(""),
        endpoint="one.example",
        block=BlockNumber(100),
        at=NOW,
        method="eth_simulateV1",
        is_assumed=True,
        gas_used=54_321,
        is_measured=True,
        deltas=(
            Delta(token=TOKEN, account=VAULT, amount=-amount, is_measured=True),
            Delta(token=TOKEN, account=STRANGER_ADDRESS, amount=amount, is_measured=True),
        ),
        allowances=(),
        storage=(),
        touched=(Touched(address=TOKEN, code_hash=b"\x55" * 32, evidence=Evidence.PROVEN),),
    )
