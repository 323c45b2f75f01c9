"""The rules: what may happen next in a story. `Run` holds contract and model together, whatever the rules do."""

from __future__ import annotations

from random import Random
from typing import Final

from hypothesis import event, note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.lifecycle.choices import Choices
from tests.lifecycle.consents import improper, may_approve, proper, retried
from tests.lifecycle.director import Director
from tests.lifecycle.errands import check_call
from tests.lifecycle.moments import moments_of_interest
from tests.lifecycle.proposals import arguments_for, governing_call
from tests.lifecycle.run import Run
from tests.lifecycle.tally import Tally
from tests.lifecycle.views import compare_views
from tests.lifecycle.vocabulary import GOVERNING, SETTERS, id_of
from tests.lifecycle.world import SPENDER, World
from tests.stage import DAY, ETHER, STRANGER
from verifier.model.address import Address
from verifier.model.life import Status
from verifier.model.member import MemberStatus, Role
from verifier.model.units import Timestamp

DICE: Final = st.randoms(use_true_random=False, note_method_calls=False)
BYSTANDER: Final = Address(STRANGER)


class Everyday(RuleBasedStateMachine):
    """A vault and its model, and what people did to vaults from the first day on."""

    def __init__(self, world: World, tally: Tally) -> None:
        super().__init__()
        self.world: Final = world
        self.tally: Final = tally
        self._story: Run | None = None

    @initialize(name=st.sampled_from(["five", "five", "four", "apart", "apart", "wide"]))
    def begin(self, name: str) -> None:
        self._story = Run(self.world, name, self.tally, say=note, mark=event)

    def teardown(self) -> None:
        if self._story is not None:
            self._story.close()

    @property
    def story(self) -> Run:
        assert self._story is not None
        return self._story

    def some_are_open(self) -> bool:
        return bool(self.story.open_operations())

    # -------------------------------------------------------------------- clock

    @rule(dice=DICE)
    def a_while_passes(self, dice: Random) -> None:
        # The first rule by name, so that the simplest story, which Hypothesis tells first, is nothing but time.
        choices = Choices(self.story, dice)
        moments = moments_of_interest(self.story)
        if moments and not choices.rarely(25):
            self.story.time = moments[min(choices.pick([0, 1, 2, 3, 4, 5, 8, 13, 21]), len(moments) - 1)]
        else:
            self.story.time = Timestamp(self.story.time + choices.pick([1, 60, 3_600, DAY, 3 * DAY]))

    # --------------------------------------------------------------- publishing

    @rule(dice=DICE)
    def publish_payments(self, dice: Random) -> None:
        choices, run = Choices(self.story, dice), self.story
        by = choices.member(Role.PROPOSER)
        calls = choices.everyday_calls()
        if choices.rarely(20):
            calls.insert(0, check_call(choices))
        operation = choices.operation(by, calls)
        approvals = []
        if choices.rarely(40):
            # Below HIGH_VALUE these count; from there on they are too early, or blank cheques.
            when = run.next_block.publication if choices.rarely(40) else None
            names = choices.some(may_approve(run, operation))
            approvals = [run.sign(name, operation, *([when] if when else [])) for name in names]
        run.step(by, "propose", operation, approvals)

    @rule(dice=DICE)
    def publish_payments_with_their_quorum(self, dice: Random) -> None:
        Director(self.story, dice).publish_with_quorum()

    @rule(dice=DICE)
    def publish_a_change(self, dice: Random) -> None:
        choices = Choices(self.story, dice)
        by = choices.member(Role.PROPOSER | Role.APPROVER)
        calls = [governing_call(choices)] * choices.pick([1, 1, 1, 2])
        if choices.rarely(10):
            calls.append(choices.small_call())
        self.story.step(by, "propose", choices.operation(by, calls), [])

    # ---------------------------------------------------------------- approving

    @precondition(some_are_open)
    @rule(dice=DICE)
    def approve(self, dice: Random) -> None:
        choices, run = Choices(self.story, dice), self.story
        operation = choices.operation_at_hand()
        names = choices.some(may_approve(run, operation))
        approvals = [proper(choices, operation, name) for name in names]
        by: str | Address = BYSTANDER
        if names and choices.rarely(35):
            by = names[0]
            approvals[0] = run.own(by, operation)
        run.step(by, "approve", operation, approvals)

    @precondition(some_are_open)
    @rule(dice=DICE)
    def approve_wrongly(self, dice: Random) -> None:
        choices, run = Choices(self.story, dice), self.story
        operation = choices.operation_at_hand()
        approvals = [
            proper(choices, operation, name) for name in choices.some(may_approve(run, operation))[:2]
        ]
        approvals.append(improper(choices, operation))
        if choices.rarely(15):
            approvals.append(approvals[0])
        run.step(choices.anyone() if choices.rarely(50) else BYSTANDER, "approve", operation, approvals)

    @precondition(some_are_open)
    @rule(dice=DICE)
    def reach_a_quorum(self, dice: Random) -> None:
        director = Director(self.story, dice)
        director.gather(director.choices.operation_at_hand(Status.PROPOSED))

    @precondition(some_are_open)
    @rule(dice=DICE)
    def try_an_old_approval(self, dice: Random) -> None:
        """Somebody sends what was signed before a withdrawal, a removal or a return."""
        choices = Choices(self.story, dice)
        operation = choices.operation_at_hand()
        approval = retried(choices, operation)
        if approval is not None:
            self.story.step(BYSTANDER, "approve", operation, [approval])

    # ---------------------------------------------------------------- stopping

    @precondition(some_are_open)
    @rule(dice=DICE)
    def withdraw(self, dice: Random) -> None:
        choices, run = Choices(self.story, dice), self.story
        operation = choices.operation_at_hand()
        seats = run.state.lane(operation.lane).state.approvals
        names = run.seated(lambda record: record.seat in seats)
        by = choices.pick(names) if names and not choices.rarely(15) else choices.anyone()
        if run.step(by, "withdraw", operation) is None and choices.rarely(60):
            approval = run.own(by, operation) if choices.rarely(50) else run.sign_published(by, operation)
            run.step(by if approval.is_own_transaction else BYSTANDER, "approve", operation, [approval])

    @precondition(some_are_open)
    @rule(dice=DICE)
    def veto_or_object(self, dice: Random) -> None:
        choices, run = Choices(self.story, dice), self.story
        operation = choices.operation_at_hand()
        suspended = run.seated(lambda record: record.status is MemberStatus.SUSPENDED)
        by = choices.member(Role.APPROVER | Role.GUARDIAN)
        if suspended and choices.rarely(50):
            by = choices.pick(suspended)
        is_seat = run.state.lane(operation.lane).state.seat_operation
        if is_seat != choices.rarely(15):
            run.step(by, "object", operation)
        else:
            run.step(by, "veto", operation.lane, id_of(operation))

    @precondition(some_are_open)
    @rule(dice=DICE)
    def cancel(self, dice: Random) -> None:
        choices, run = Choices(self.story, dice), self.story
        operation = choices.operation_at_hand()
        owners = run.seated(lambda record: record.seat == operation.lane // 8)
        by = owners[0] if owners and not choices.rarely(30) else choices.anyone()
        run.step(by, "cancel", operation.lane, id_of(operation))

    # ---------------------------------------------------------------- executing

    @precondition(some_are_open)
    @rule(dice=DICE)
    def execute(self, dice: Random) -> None:
        choices = Choices(self.story, dice)
        operation = choices.operation_at_hand(Status.READY)
        self.story.step(choices.member(), "execute", operation)

    @precondition(some_are_open)
    @rule(dice=DICE)
    def wait_for_one_and_execute(self, dice: Random) -> None:
        director = Director(self.story, dice)
        director.wait_and_execute(director.choices.operation_at_hand(Status.WAITING))

    @rule(dice=DICE)
    def change_the_members(self, dice: Random) -> None:
        director = Director(self.story, dice)
        director.carry_out(governing_call(director.choices, director.likely_seat_operation()))

    @rule(dice=DICE)
    def change_the_terms(self, dice: Random) -> None:
        director = Director(self.story, dice)
        director.carry_out(governing_call(director.choices, director.choices.pick(SETTERS)))

    @rule(dice=DICE)
    def work_in_hours(self, dice: Random) -> None:
        Director(self.story, dice).work_in_hours()

    @rule(dice=DICE)
    def run_an_odd_errand(self, dice: Random) -> None:
        director = Director(self.story, dice)
        for _ in range(2):
            director.carry_out(director.choices.odd_call())

    @rule(dice=DICE)
    def let_a_newcomer_approve(self, dice: Random) -> None:
        Director(self.story, dice).let_a_newcomer_approve()

    @rule(dice=DICE)
    def let_a_spender_take(self, dice: Random) -> None:
        Director(self.story, dice).let_a_spender_take()

    @rule(dice=DICE)
    def move_the_quorum_under_a_payment(self, dice: Random) -> None:
        Director(self.story, dice).move_a_quorum()

    @rule(dice=DICE)
    def change_a_few_things(self, dice: Random) -> None:
        for _ in range(3):
            director = Director(self.story, dice)
            director.carry_out(governing_call(director.choices, director.choices.pick(GOVERNING)))

    @rule(dice=DICE)
    def move_the_tier_under_a_payment(self, dice: Random) -> None:
        for _ in range(2):
            Director(self.story, dice).raise_a_tier()

    # ------------------------------------------------------------------ members

    @rule(dice=DICE)
    def suspend_oneself(self, dice: Random) -> None:
        choices, run = Choices(self.story, dice), self.story
        if not choices.can_spare_one():
            return
        suspended = run.seated(lambda record: record.status is MemberStatus.SUSPENDED)
        by = choices.pick(suspended) if suspended and choices.rarely(50) else choices.member()
        run.step(by, "suspend", run.address(by))

    @rule(dice=DICE)
    def suspend_another(self, dice: Random) -> None:
        choices, run = Choices(self.story, dice), self.story
        by, whom = choices.member(Role.GUARDIAN), choices.member(Role.APPROVER | Role.PROPOSER)
        group = choices.group()
        if group is not None and choices.rarely(30):
            whom = group
        elif choices.rarely(30):
            paused = {person for (_, person), until in run.state.pauses.items() if until > run.time}
            forbidden = run.seated(
                lambda r: r.has_any(Role.GUARDIAN) or r.person in paused or not r.is_active
            )
            whom = choices.pick(forbidden or [whom])
        # Below the floor the vault refuses, and the story goes on.
        elif not choices.can_spare_one() and choices.rarely(50):
            return
        if by != whom:
            run.step(by, "suspend", run.address(whom))

    @rule(dice=DICE)
    def see_a_suspension_through(self, dice: Random) -> None:
        Director(self.story, dice).end_a_suspension()

    @rule(dice=DICE)
    def come_back(self, dice: Random) -> None:
        director = Director(self.story, dice)
        if director.choices.can_spare_one():
            director.leave_and_return()

    # ----------------------------------------------------------------- outsiders

    @rule()
    def look_through_the_views(self) -> None:
        compare_views(self.story)

    @rule(dice=DICE)
    def meddle(self, dice: Random) -> None:
        choices = Choices(self.story, dice)
        turn = choices.pick([self._trespass, self._pay_in, self._pull, self._pull, self._take_a_busy_lane])
        turn(choices)

    def _trespass(self, choices: Choices) -> None:
        function = choices.pick(GOVERNING)
        self.story.step(choices.anyone(), function, *arguments_for(choices, function))

    def _pay_in(self, choices: Choices) -> None:
        self.story.deposit(self.story.address("zoe"), choices.pick([0, 1, ETHER]))

    def _pull(self, choices: Choices) -> None:
        run = self.story
        allowed = run.reference.outside.tokens[self.world.token].allowances[run.vault, SPENDER]
        amount = choices.pick([allowed, allowed // 2, 1, allowed + 1])
        run.pull(SPENDER, self.world.token, min(amount, (1 << 256) - 1))

    def _take_a_busy_lane(self, choices: Choices) -> None:
        by = choices.member(Role.PROPOSER)
        operation = choices.operation(by, [choices.small_call()], nth=choices.pick([0, 1]))
        self.story.step(by, "propose", operation, [])
