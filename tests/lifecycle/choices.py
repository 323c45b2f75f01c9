"""What people may want to do next: choices that fit the state of the story, and some that do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Final, TypeVar

from tests.lifecycle.cast import NEWCOMERS, PLACES
from tests.lifecycle.run import Run
from tests.lifecycle.vocabulary import data_of
from tests.lifecycle.world import FRIEND, NATIVE_TERMS, SPENDER, TOKEN_TERMS, WEALTH
from tests.stage import DAY, ETHER, HOUR, MINUTE, STRANGER
from tests.tokens.compiled import data_of as token_data_of
from verifier.model.address import Address
from verifier.model.life import Status
from verifier.model.member import Attributes, MemberStatus, Role
from verifier.model.operation import Call, Operation
from verifier.model.tier import Tier
from verifier.model.units import LaneIndex, Timestamp, Wei
from verifier.model.units import Sequence as SequenceNumber

T = TypeVar("T")

ROLES: Final = (
    Role.APPROVER,
    Role.PROPOSER | Role.APPROVER,
    Role.APPROVER | Role.SECURITY,
    Role.PROPOSER | Role.APPROVER | Role.SECURITY,
    Role.PROPOSER,
    Role.GUARDIAN,
    Role.AUDITOR,
)
WRONG_ROLES: Final = (0, 64, Role.SECURITY, Role.GUARDIAN | Role.APPROVER, Role.GUARDIAN | Role.PROPOSER)
NOWHERE: Final = (
    Attributes(employer=1, utc_offset=841, place=(8_388_607, 0, 0)).pack(),
    Attributes(employer=1, utc_offset=0, place=(1, 2, 3)).pack(),
    PLACES[0].pack() | 1 << 120,
)


class Choices:
    """Dice that know the story. Every die is Hypothesis's, so that a failing story is shortened."""

    def __init__(self, run: Run, dice: Random) -> None:
        self.run: Final = run
        self.dice: Final = dice

    # -------------------------------------------------------------------- dice

    def pick(self, options: Sequence[T]) -> T:
        return options[self.dice.randint(0, len(options) - 1)]

    def some(self, options: Sequence[T], least: int = 0) -> list[T]:
        """Return as many as the dice want, in their order."""
        most = self.dice.randint(min(least, len(options)), len(options))
        chosen = list(options)
        while len(chosen) > most:
            chosen.pop(self.dice.randint(0, len(chosen) - 1))
        return chosen

    def rarely(self, percent: int) -> bool:
        return self.dice.randint(0, 99) >= 100 - percent

    # ------------------------------------------------------------------- people

    def anyone(self) -> str:
        return self.pick(list(self.run.world.addresses if self.rarely(25) else self.run.world.cast))

    def member(self, roles: Role | None = None) -> str:
        """Return an active member with one of these roles; at times somebody else."""
        fit = self.run.seated(
            lambda r: r.is_active and not r.is_group and (roles is None or r.has_any(roles))
        )
        return self.anyone() if self.rarely(6) or not fit else self.pick(fit)

    def can_spare_one(self) -> bool:
        """Whether the vault can do without one more; a story of a vault that is stuck has nothing more to tell."""
        state = self.run.state
        left = len(state.roster.approvers) - state.tiers[Tier.CUSTODY].quorum
        return left >= 2 or self.rarely(8)

    def newcomer(self) -> str:
        """Return somebody who never had a seat; at times somebody who had."""
        fresh = [name for name in NEWCOMERS if self.run.record(name).status is MemberStatus.STRANGER]
        return self.anyone() if self.rarely(22) or not fresh else self.pick(fresh)

    def of_status(self, *statuses: MemberStatus) -> str:
        fit = self.run.seated(lambda record: record.status in statuses)
        return self.pick(fit) if fit and not self.rarely(15) else self.pick(self.run.seated())

    def person_of(self, name: str) -> int:
        if self.rarely(8):
            taken = self.run.record(self.pick(self.run.seated())).person
            return self.pick([0, 1 << 32, taken])
        actor = self.run.world.cast.get(name)
        return actor.person if actor else self.pick(self.run.world.flocks[name].holders)

    def group(self) -> str | None:
        """Return a group that has a seat, active or not."""
        groups = self.run.seated(lambda record: record.is_group)
        return self.pick(groups) if groups else None

    def attributes(self) -> int:
        return self.pick(NOWHERE) if self.rarely(6) else self.pick(PLACES).pack()

    # --------------------------------------------------------------- operations

    def operation_at_hand(self, status: Status | None = None) -> Operation:
        """Return an open operation, of this status if there is one; at times one that has ended."""
        run = self.run
        candidates = run.open_operations()
        if status is not None:
            states = {each: run.state.lane(each.lane).state.status_at(run.time) for each in candidates}
            candidates = [each for each in candidates if states[each] is status] or candidates
        if self.rarely(8) or not candidates:
            candidates = run.operations
        return self.pick(candidates)

    def operation(self, by: str, calls: Sequence[Call], *, nth: int | None = None) -> Operation:
        """Return an operation that somebody can publish now; at times one that is wrong in one thing."""
        run = self.run
        lanes = [LaneIndex(8 * run.record(by).seat + i) for i in range(4)]
        free = [i for i in lanes if not run.state.lane(i).state.is_open_at(run.time)] or lanes
        lane = free[0] if nth is None else lanes[nth]
        operation = Operation(
            calls=tuple(calls),
            lane=lane,
            sequence=SequenceNumber(run.state.lane(lane).state.sequence + 1),
            approve_by=self._approve_by(),
        )
        return self._spoilt(operation) if self.rarely(7) else operation

    def _approve_by(self) -> Timestamp:
        ahead = self.pick([7 * DAY, 7 * DAY, 2 * DAY, 14 * DAY, 14 * DAY, HOUR, 20 * MINUTE])
        return Timestamp(self.run.time + ahead)

    def _spoilt(self, operation: Operation) -> Operation:
        match self.dice.randint(0, 6):
            case 0:
                return replace(operation, calls=())
            case 1:
                return replace(operation, calls=operation.calls * 33)
            case 2:
                data = bytes(24 * 1024 + 1)
                return replace(operation, calls=(replace(operation.calls[0], data=data),))
            case 3:
                moments = (self.run.time - 1, self.run.time, self.run.time + 14 * DAY + 1)
                return replace(operation, approve_by=Timestamp(self.pick(moments)))
            case 4:
                sequence = SequenceNumber(self.pick([0, operation.sequence + 1]))
                return replace(operation, sequence=sequence)
            case _:
                taken = [each.lane for each in self.run.open_operations()]
                return replace(operation, lane=self.pick([*taken, LaneIndex(8 * 63)]))

    def everyday_calls(self) -> list[Call]:
        return [self.everyday_call() for _ in range(self.pick([1, 1, 1, 1, 2, 3]))]

    def everyday_call(self) -> Call:
        """Return a payment, of any size and to anybody; at times something odd."""
        if self.rarely(12):
            return self.odd_call()
        if self.rarely(40):
            return self.native_call()
        return self.token_call()

    def small_call(self) -> Call:
        """Return a payment below HIGH_VALUE."""
        if self.rarely(50):
            amounts = [ETHER, 1, ETHER // 10, 3 * ETHER, 5 * ETHER]
            return Call(target=FRIEND, value=Wei(self.pick(amounts)), data=b"")
        amount = self.pick([1_000, 1, 1_001, 300, 4_000, 9_999]) * 10**6
        return self._to_token(self.pick(["transfer", "transferFrom"]), FRIEND, amount)

    def large_call(self) -> Call:
        """Return a payment of high value, but no CUSTODY."""
        if self.rarely(50):
            return Call(target=FRIEND, value=Wei(20 * ETHER), data=b"")
        return Call(target=Address(STRANGER), value=Wei(ETHER), data=b"")

    def native_call(self) -> Call:
        limit = NATIVE_TERMS.high_value_from * 10**12
        amounts = (ETHER, ETHER + 1, limit - 10**12, limit - 1, limit, 0, WEALTH, WEALTH + 1)
        to = self.pick([FRIEND, FRIEND, Address(STRANGER), self.run.address(self.anyone())])
        return Call(target=to, value=Wei(self.pick(amounts)), data=b"")

    def token_call(self) -> Call:
        high, routine = TOKEN_TERMS.high_value_from, TOKEN_TERMS.routine_limit
        amount = self.pick([routine, routine + 1, high - 1, high, 0, (1 << 256) - 1])
        function = self.pick(["transfer", "approve", "increaseAllowance", "transferFrom"])
        likely = FRIEND if function in ("transfer", "transferFrom") else SPENDER
        return self._to_token(function, self.pick([likely, likely, Address(STRANGER)]), amount)

    def _to_token(self, function: str, account: Address, amount: int) -> Call:
        run = self.run
        target = run.world.unlisted if self.rarely(5) else run.world.token
        owner = [Address(STRANGER) if self.rarely(10) else run.vault] if function == "transferFrom" else []
        data = token_data_of("Token", function, *owner, account, amount)
        return Call(target=target, value=Wei(0), data=data)

    def odd_call(self) -> Call:
        """Return a call that fails, answers with false, comes back to the vault, or that nobody understands."""
        run = self.run
        spend = token_data_of("Token", "transfer", FRIEND, 1)
        veto = data_of("veto", [0, bytes(32)])
        govern = data_of("setCounterparty", [STRANGER, 3])
        passes = [token_data_of("Caller", "pass", run.vault, data) for data in (veto, govern)]
        target, value, data = self.pick(
            [
                (run.world.denier, 0, spend),
                (Address(STRANGER), 0, spend),
                (run.world.caller, 0, passes[0]),
                (run.world.caller, 0, passes[1]),
                (run.world.token, 0, b"\x12\x34\x56\x78"),
                (run.world.token, 1, spend),
                (run.vault, 0, veto),
                (run.vault, 0, b"\x12\x34\x56\x78"),
                (run.vault, 0, data_of("roster", [])),
                (run.vault, 7, b""),
                (run.vault, 7, govern),
                (run.vault, 0, data_of("setCounterparty", [run.vault, 1])),
                (run.vault, 0, data_of("setCounterparty", [run.address("ann"), 1])),
            ]
        )
        return Call(target=target, value=Wei(value), data=data)
