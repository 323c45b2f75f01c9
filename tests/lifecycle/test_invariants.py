"""Each invariant can fail: what truly happened satisfies it, and the same with one thing forged does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Final

import pytest

from tests.lifecycle import invariants as inv
from tests.lifecycle.compare import require_same_words
from tests.lifecycle.journal import Act, Journal
from tests.lifecycle.replay import Replay
from tests.lifecycle.run import Run
from tests.lifecycle.scene import BYSTANDER, Scene, payment, seat_operation
from tests.lifecycle.tally import Tally
from tests.lifecycle.vocabulary import id_of
from tests.lifecycle.world import World
from verifier.model.asset import Use
from verifier.model.life import Step
from verifier.model.member import Role
from verifier.model.units import Duration, Person, Sequence, Timestamp


@dataclass(slots=True)
class Witnessed:
    """An act, and the journal as it was before."""

    journal: Journal
    act: Act
    run: Run
    scene: Scene

    def alter_after(self, **changes: object) -> None:
        """Let the vault have another memory after the act."""
        after = self.act.after.copy()
        for name, value in changes.items():
            setattr(after, name, value)
        self.act = replace(self.act, after=after)


Forgery = Callable[[Witnessed], None]


@pytest.fixture
def run(world: World) -> Iterator[Run]:
    run = Run(world, "five", Tally())
    yield run
    run.close()


def witness(scene: Scene, step: Callable[[], object]) -> Witnessed:
    """Let an act happen, and return it with the journal from before."""
    journal = deepcopy(scene.run.journal)
    assert step() is None
    act = scene.run.latest_act
    assert act is not None
    return Witnessed(journal, act, scene.run, scene)


def executed(run: Run) -> Witnessed:
    scene = seat_operation(run)
    scene.propose()
    scene.must_approve("ann", "bob", "cid")
    scene.wait_until_ready()
    return witness(scene, lambda: scene.step(Step.EXECUTE))


def paid(run: Run) -> Witnessed:
    scene = payment(run)
    scene.propose()
    scene.must_approve("ann", "bob", "cid")
    scene.wait_until_ready()
    return witness(scene, lambda: scene.step(Step.EXECUTE))


def approved(run: Run) -> Witnessed:
    scene = payment(run)
    scene.propose()
    approval = run.sign_published("ann", scene.operation)
    return witness(scene, lambda: run.step(BYSTANDER, "approve", scene.operation, [approval]))


def vetoed(run: Run) -> Witnessed:
    scene = payment(run)
    scene.propose()
    return witness(scene, lambda: scene.step(Step.VETO))


# ------------------------------------------------------------------------------------------------------- forgeries


def spend_more(w: Witnessed) -> None:
    after = w.act.wealth_after
    w.act = replace(w.act, wealth_after=replace(after, native=after.native - 1))


def lose_tokens(w: Witnessed) -> None:
    after = w.act.wealth_after
    less = {token: amount - 1 for token, amount in after.tokens.items()}
    w.act = replace(w.act, wealth_after=replace(after, tokens=less))


def forget_two_consents(w: Witnessed) -> None:
    consents = w.journal.consents[id_of(w.scene.operation)]
    for name in ("bob", "cid"):
        del consents[w.run.address(name)]


def make_the_publisher_one_of_them(w: Witnessed) -> None:
    key = id_of(w.scene.operation)
    person = Person(w.run.record("ann").person)
    w.journal.published[key] = replace(w.journal.published[key], person=person)


def make_the_publisher_nobody(w: Witnessed) -> None:
    key = id_of(w.scene.operation)
    w.journal.published[key] = replace(w.journal.published[key], roles=Role.GUARDIAN)


def let_it_stand_a_second_less(w: Witnessed) -> None:
    key = id_of(w.scene.operation)
    standing = w.journal.standing[key]
    assert standing is not None
    w.journal.standing[key] = replace(standing, since=Timestamp(standing.since + 1))


def let_it_fall_in_between(w: Witnessed) -> None:
    key = id_of(w.scene.operation)
    standing = w.journal.standing[key]
    assert standing is not None
    w.journal.standing[key] = replace(standing, live=2)


def sign_before_publication(w: Witnessed) -> None:
    consents = w.journal.consents[id_of(w.scene.operation)]
    ann = w.run.address("ann")
    consents[ann] = replace(consents[ann], is_bound=False)


def come_back_from_the_dead(w: Witnessed) -> None:
    w.act = replace(w.act, before=w.act.after, after=w.act.before)


def grow_the_sequence(w: Witnessed) -> None:
    lanes = dict(w.act.after.lanes)
    slot = lanes[w.scene.operation.lane]
    lanes[w.scene.operation.lane] = replace(slot, state=replace(slot.state, sequence=Sequence(2)))
    w.alter_after(lanes=lanes)


def lower_a_quorum(w: Witnessed) -> None:
    routine, *rest = w.act.after.tiers
    w.alter_after(tiers=(replace(routine, quorum=1), *rest))


def hurry_custody(w: Witnessed) -> None:
    *rest, custody = w.act.after.tiers
    w.alter_after(tiers=(*rest, replace(custody, delay=Duration(24 * 3_600 - 1))))


def raise_the_supermajority(w: Witnessed) -> None:
    w.alter_after(roster=replace(w.act.after.roster, supermajority=6))


def allow_somebody(w: Witnessed) -> None:
    w.alter_after(counterparties={**w.act.after.counterparties, w.run.address("zoe"): Use.RECIPIENT})


def give_an_approval(w: Witnessed) -> None:
    lanes = dict(w.act.after.lanes)
    slot = lanes[w.scene.operation.lane]
    state = replace(slot.state, approvals=slot.state.approvals | {w.run.record("dee").seat})
    lanes[w.scene.operation.lane] = replace(slot, state=state)
    w.alter_after(lanes=lanes)


def sit_twice(w: Witnessed) -> None:
    records = dict(w.act.after.records)
    ann, bob = w.run.address("ann"), w.run.address("bob")
    records[ann] = replace(records[ann], person=records[bob].person)
    w.alter_after(records=records)


def count_somebody_suspended(w: Witnessed) -> None:
    roster = w.act.after.roster
    w.alter_after(roster=replace(roster, approvers=roster.approvers | {w.run.record("gus").seat}))


def never_have_signed(w: Witnessed) -> None:
    w.journal.signed.clear()


def take_office_later(w: Witnessed) -> None:
    w.journal.in_office_since[w.run.address("ann")] = w.act.block.number


def have_been_away(w: Witnessed) -> None:
    w.journal.terms[w.run.address("ann")] += 1


def publisher_has_been_away(w: Witnessed) -> None:
    w.journal.terms[w.run.address("pam")] += 1


FORGERIES: Final[list[tuple[inv.Check, Callable[[Run], Witnessed], Forgery]]] = [
    (inv.check_i1_assets_leave_only_by_execution, paid, spend_more),
    (inv.check_i1_assets_leave_only_by_execution, vetoed, spend_more),
    (inv.check_i1_assets_leave_only_by_execution, paid, lose_tokens),
    (inv.check_i2_executed_by_two_others, paid, forget_two_consents),
    (inv.check_i2_executed_by_two_others, paid, make_the_publisher_one_of_them),
    (inv.check_i2_executed_by_two_others, paid, make_the_publisher_nobody),
    (inv.check_i2_executed_by_two_others, paid, have_been_away),
    (inv.check_i3_executed_after_the_delay, paid, let_it_stand_a_second_less),
    (inv.check_i3_executed_after_the_delay, executed, let_it_stand_a_second_less),
    (inv.check_i3_executed_after_the_delay, paid, let_it_fall_in_between),
    (inv.check_i4_high_value_by_seasoned_and_late_signatures, executed, sign_before_publication),
    (inv.check_i5_final_is_final, vetoed, come_back_from_the_dead),
    (inv.check_i5_final_is_final, vetoed, grow_the_sequence),
    (inv.check_i6_configuration_and_floors, vetoed, lower_a_quorum),
    (inv.check_i6_configuration_and_floors, vetoed, hurry_custody),
    (inv.check_i6_configuration_and_floors, vetoed, raise_the_supermajority),
    (inv.check_i7_only_the_vault_changes_the_vault, vetoed, allow_somebody),
    (inv.check_i7_only_the_vault_changes_the_vault, paid, allow_somebody),
    (inv.check_i7_only_the_vault_changes_the_vault, vetoed, give_an_approval),
    (inv.check_i8_one_seat_a_person, vetoed, sit_twice),
    (inv.check_i8_one_seat_a_person, vetoed, count_somebody_suspended),
    (inv.check_i10_a_signature_serves_one_purpose, approved, never_have_signed),
    (inv.check_i11_nothing_outlives_its_seat, approved, take_office_later),
    (inv.check_i11_nothing_outlives_its_seat, paid, have_been_away),
    (inv.check_i11_nothing_outlives_its_seat, paid, publisher_has_been_away),
]


@pytest.mark.parametrize(
    ("check", "story", "forge"),
    FORGERIES,
    ids=lambda part: part.__name__.removeprefix("check_"),
)
def test_invariant__of_what_happened__holds_until_something_is_forged(
    run: Run, check: inv.Check, story: Callable[[Run], Witnessed], forge: Forgery
) -> None:
    witnessed = story(run)
    check(deepcopy(witnessed.journal), witnessed.act)

    forge(witnessed)

    with pytest.raises(AssertionError):
        check(witnessed.journal, witnessed.act)


def test_invariants__all_of_them__are_forged_here() -> None:
    assert {check for check, _, _ in FORGERIES} == set(inv.BEFORE_WRITING)


def test_events__any_one_of_them_lost__tell_another_story_than_storage(run: Run, world: World) -> None:
    founded, words = world.vaults["five"], run.state.words()
    logs = [("vault", log) for log in founded.logs]
    require_same_words(words, words, Replay(run.vault, logs, founded.block.time).words())

    for lost in range(len(logs)):
        kept = logs[:lost] + logs[lost + 1 :]
        with pytest.raises(AssertionError, match="the events tell"):
            require_same_words(words, words, Replay(run.vault, kept, founded.block.time).words())
