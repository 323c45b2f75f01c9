"""Longer turns of a story, so that deep states are reached often: each is a chain of ordinary steps."""

from __future__ import annotations

from random import Random
from typing import Final

from tests.lifecycle.choices import Choices
from tests.lifecycle.consents import may_approve, proper, retried
from tests.lifecycle.listing import full_list
from tests.lifecycle.proposals import governing_call, quorum_change, window_change
from tests.lifecycle.run import Run
from tests.lifecycle.vocabulary import SEAT_OPERATIONS, data_of
from tests.lifecycle.world import FRIEND, SPENDER, TOKEN_TERMS
from tests.stage import DAY, STRANGER
from tests.tokens.compiled import data_of as token_data_of
from verifier.model.address import Address
from verifier.model.life import Status
from verifier.model.member import MemberStatus, Role
from verifier.model.operation import Call, Operation
from verifier.model.tier import Tier
from verifier.model.units import Timestamp, Wei

BYSTANDER: Final = Address(STRANGER)


class Director:
    def __init__(self, run: Run, dice: Random) -> None:
        self.run: Final = run
        self.choices: Final = Choices(run, dice)

    # ------------------------------------------------------------------- pieces

    def publish_with_quorum(self, *calls: Call) -> Operation | None:
        """Publish a payment below HIGH_VALUE together with all its approvals, signed before."""
        run, choices = self.run, self.choices
        by = choices.member(Role.PROPOSER)
        operation = choices.operation(by, calls or [choices.small_call()])
        names = may_approve(run, operation, tier=Tier.ROUTINE)
        approvals = [run.sign(name, operation) for name in names if self._is_unmoved(name)]
        return None if run.step(by, "propose", operation, approvals) else operation

    def _is_unmoved(self, name: str) -> bool:
        return self.run.record(name).status is MemberStatus.ACTIVE

    def gather(self, operation: Operation) -> None:
        """Collect approvals from everybody whose approval counts, or from some."""
        run, choices = self.run, self.choices
        approvals = full_list(choices, operation)
        if choices.rarely(12):
            approvals = choices.some(approvals)
        run.step(BYSTANDER, "approve", operation, approvals)

    def wait_and_execute(self, operation: Operation) -> None:
        """Wait until an operation can be executed, at times a little less or too long, and execute it."""
        run, choices = self.run, self.choices
        lane = run.state.lane(operation.lane).state
        if lane.status is Status.WAITING:
            late = choices.rarely(8)
            moment = Timestamp(lane.expires_at + 1) if late else lane.moment
            if choices.rarely(8):
                moment = Timestamp(lane.moment - 1)
            run.time = max(run.time, moment)
        if run.state.roster.windows:
            self._wait_for_window(lane.tier)
        run.step(choices.member(), "execute", operation)

    def _wait_for_window(self, tier: Tier) -> None:
        terms = self.run.state.tiers[tier]
        if self.choices.rarely(40):
            return
        for quarter in range(0, 7 * DAY, 900):
            if terms.is_open_at(Timestamp(self.run.time + quarter)):
                self.run.time = Timestamp(self.run.time + quarter)
                return

    # ------------------------------------------------------------------- chains

    def carry_out(self, *calls: Call) -> None:
        """Bring a change of the vault from its publication to its end, with what may happen on the way."""
        run, choices = self.run, self.choices
        # Whoever publishes does not approve: best one who could not anyway.
        spare = run.seated(
            lambda r: r.is_active and r.has_any(Role.PROPOSER) and not r.has_any(Role.APPROVER),
        )
        by = (
            choices.pick(spare)
            if spare and not choices.rarely(40)
            else choices.member(Role.PROPOSER | Role.APPROVER)
        )
        operation = choices.operation(by, calls)
        if run.step(by, "propose", operation, []) is not None:
            return
        self.gather(operation)
        if choices.rarely(20):
            run.step(choices.member(Role.APPROVER | Role.GUARDIAN), "object", operation)
            if choices.rarely(50):
                self.gather(operation)
        if choices.rarely(8) and choices.can_spare_one():
            whom = choices.member(Role.APPROVER)
            run.step(whom, "suspend", run.address(whom))
        self.wait_and_execute(operation)

    def likely_seat_operation(self) -> str:
        """Return a change that the state of the story asks for."""
        run, choices = self.run, self.choices
        functions = list(SEAT_OPERATIONS)
        if not choices.can_spare_one():
            functions += ["addMember"] * 4
        if run.seated(lambda record: not record.is_active):
            functions += ["reinstateMember"] * 6
        if run.seated(lambda record: record.status is MemberStatus.SUSPENDED):
            functions += ["confirmSuspension"] * 4
        return choices.pick(functions)

    def raise_a_tier(self) -> None:
        """Let a payment wait, and make it a matter of a higher tier meanwhile."""
        run, choices = self.run, self.choices
        operation = self.publish_with_quorum()
        if operation is None:
            return
        lowered = TOKEN_TERMS.pack() & ~((1 << 128) - 1) | 1 << 64
        function, arguments = choices.pick(
            [
                ("setCounterparty", [FRIEND, 0]),
                ("setAsset", [run.world.token, lowered]),
                ("setAsset", [Address(bytes(20)), 0]),
            ]
        )
        self.carry_out(Call(target=run.vault, value=Wei(0), data=data_of(function, arguments)))
        if run.is_open(operation):
            run.step(choices.member(), "execute", operation)
            self.gather(operation)

    def move_a_quorum(self) -> None:
        """Let a payment stand with some approvals, and change meanwhile how many it takes."""
        run, choices = self.run, self.choices
        operation = self._publish(choices.small_call())
        if operation is None:
            return
        names = may_approve(run, operation)
        names = names[:2] if choices.rarely(50) else choices.some(names, least=2)
        run.step(BYSTANDER, "approve", operation, [proper(choices, operation, name) for name in names])
        self.carry_out(quorum_change(choices))
        if not run.is_open(operation):
            return
        if choices.rarely(40):
            run.step(choices.member(), "execute", operation)
        # Nobody adds an approval: those that are there are counted anew.
        if run.step(BYSTANDER, "approve", operation, []) is None:
            self.wait_and_execute(operation)

    def let_a_newcomer_approve(self) -> None:
        """Publish a payment of high value, and let somebody approve it who has not been here for long."""
        run, choices = self.run, self.choices
        fresh = [name for name in self._approvers() if run.record(name).seasoned_at > run.time]
        if not fresh:
            self.carry_out(governing_call(choices, "addMember"))
        operation = self._publish(choices.large_call())
        if operation is None:
            return
        if fresh:
            name = choices.pick(fresh)
            run.step(BYSTANDER, "approve", operation, [run.sign_published(name, operation)])
        self.gather(operation)
        self.wait_and_execute(operation)

    def _approvers(self) -> list[str]:
        return self.run.seated(lambda record: record.is_active and record.has_any(Role.APPROVER))

    def _publish(self, *calls: Call) -> Operation | None:
        by = self.choices.member(Role.PROPOSER)
        operation = self.choices.operation(by, calls)
        return None if self.run.step(by, "propose", operation, []) else operation

    def let_a_spender_take(self) -> None:
        """Give a spender an allowance, and let it take some of it, or more."""
        run, choices = self.run, self.choices
        data = token_data_of("Token", choices.pick(["approve", "increaseAllowance"]), SPENDER, 500)
        call = Call(target=run.world.token, value=Wei(0), data=data)
        operation = self.publish_with_quorum(call)
        if operation is not None:
            self.wait_and_execute(operation)
            for _ in range(2):
                run.pull(SPENDER, run.world.token, choices.pick([200, 500, 501]))

    def work_in_hours(self) -> None:
        """Let the high tiers execute in working hours only, and try a payment at the wrong hour first."""
        run, choices = self.run, self.choices
        if not run.state.tiers[Tier.HIGH_VALUE].has_window:
            self.carry_out(window_change(choices))
        operation = self._publish(choices.large_call())
        if operation is None:
            return
        self.gather(operation)
        lane, terms = run.state.lane(operation.lane).state, run.state.tiers[Tier.HIGH_VALUE]
        if lane.status is Status.WAITING:
            run.time = max(run.time, lane.moment)
            closed = [h for h in range(24) if not terms.is_open_at(Timestamp(run.time + h * 3_600))]
            if closed:
                run.time = Timestamp(run.time + closed[0] * 3_600)
                run.step(choices.member(), "execute", operation)
        self.wait_and_execute(operation)

    def end_a_suspension(self) -> None:
        """Let a guardian suspend somebody, and see how it ends: it lapses, is confirmed, or is taken over."""
        run, choices = self.run, self.choices
        suspended = run.seated(lambda record: record.status is MemberStatus.SUSPENDED)
        if not suspended:
            if not choices.can_spare_one():
                return
            by, whom = choices.member(Role.GUARDIAN), choices.member(Role.APPROVER | Role.PROPOSER)
            if by == whom or run.step(by, "suspend", run.address(whom)) is not None:
                return
            suspended = [whom]
        whom = choices.pick(suspended)
        suspension = run.state.suspensions[run.address(whom)]
        if suspension is None or choices.rarely(35):
            call = Call(
                target=run.vault, value=Wei(0), data=data_of("confirmSuspension", [run.address(whom)])
            )
            self.carry_out(call)
            return
        run.time = max(run.time, Timestamp(suspension.lapses_at - choices.pick([0, 0, 1])))
        run.step(BYSTANDER, "lapse", run.address(choices.member() if choices.rarely(15) else whom))

    def leave_and_return(self) -> None:
        """Let somebody approve, leave, and come back to a new seat; what they signed before must not count."""
        run, choices = self.run, self.choices
        who = choices.member(Role.APPROVER)
        operation = choices.operation_at_hand() if run.operations else None
        if operation is not None and run.record(who).is_active:
            run.sign(who, operation)
            run.step(BYSTANDER, "approve", operation, [run.sign_published(who, operation)])
        run.step(who, "suspend", run.address(who))
        self.carry_out(
            Call(target=run.vault, value=Wei(0), data=data_of("reinstateMember", [run.address(who)]))
        )
        if operation is not None and run.is_open(operation):
            approval = retried(choices, operation)
            if approval is not None:
                run.step(BYSTANDER, "approve", operation, [approval])
