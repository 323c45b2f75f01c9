"""Each invariant can fail: what truly happened satisfies it, and the same with one thing forged does not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Final

import pytest

from tests.lifecycle import forgeries as lie
from tests.lifecycle import invariants as inv
from tests.lifecycle import powers, probes, replay
from tests.lifecycle import witnesses as seen
from tests.lifecycle.compare import require_same_words
from tests.lifecycle.forgeries import Forgery
from tests.lifecycle.replay import Replay
from tests.lifecycle.run import Run
from tests.lifecycle.scene import payment
from tests.lifecycle.tally import Tally
from tests.lifecycle.witnesses import Witnessed
from tests.lifecycle.world import World


@pytest.fixture(params=["five"])
def run(world: World, request: pytest.FixtureRequest) -> Iterator[Run]:
    run = Run(world, request.param, Tally())
    yield run
    run.close()


FORGERIES: Final[list[tuple[inv.Check, Callable[[Run], Witnessed], Forgery]]] = [
    (inv.check_i1_assets_leave_only_by_execution, seen.paid, lie.spend_more),
    (inv.check_i1_assets_leave_only_by_execution, seen.vetoed, lie.spend_more),
    (inv.check_i1_assets_leave_only_by_execution, seen.paid, lie.lose_tokens),
    (inv.check_i2_executed_by_two_others, seen.paid, lie.forget_two_consents),
    (inv.check_i2_executed_by_two_others, seen.paid, lie.make_the_publisher_one_of_them),
    (inv.check_i2_executed_by_two_others, seen.paid, lie.make_the_publisher_nobody),
    (inv.check_i2_executed_by_two_others, seen.paid, lie.have_been_away),
    (inv.check_i3_executed_after_the_delay, seen.paid, lie.let_it_stand_a_second_less),
    (inv.check_i3_executed_after_the_delay, seen.executed, lie.let_it_stand_a_second_less),
    (inv.check_i3_executed_after_the_delay, seen.paid, lie.let_it_fall_in_between),
    (inv.check_i4_high_value_by_seasoned_and_late_signatures, seen.executed, lie.sign_before_publication),
    (inv.check_i3_executed_after_the_delay, seen.paid_in_a_hurry, lie.forget_the_hurry),
    (inv.check_i3_executed_after_the_delay, seen.paid_in_a_hurry, lie.lose_the_record),
    (inv.check_i3_executed_after_the_delay, seen.consented, lie.never_have_signed),
    (inv.check_i3_executed_after_the_delay, seen.consented, lie.consent_to_another_moment),
    (inv.check_i3_executed_after_the_delay, seen.consented, lie.break_no_glass),
    (inv.check_i3_executed_after_the_delay, seen.consented, lie.say_nothing_of_it),
    (inv.check_i4_high_value_by_seasoned_and_late_signatures, seen.paid_a_lot, lie.be_young),
    (inv.check_i4_segregated_where_the_tier_says_so, seen.paid_a_lot, lie.be_colleagues),
    (inv.check_i4_segregated_where_the_tier_says_so, seen.paid_a_lot, lie.be_neighbours),
    (inv.check_i4_segregated_where_the_tier_says_so, seen.paid_a_lot, lie.have_one_night),
    (inv.check_i5_final_is_final, seen.vetoed, lie.come_back_from_the_dead),
    (inv.check_i5_final_is_final, seen.vetoed, lie.grow_the_sequence),
    (inv.check_i6_configuration_and_floors, seen.vetoed, lie.lower_a_quorum),
    (inv.check_i6_configuration_and_floors, seen.vetoed, lie.hurry_custody),
    (inv.check_i6_configuration_and_floors, seen.vetoed, lie.raise_the_supermajority),
    (powers.check_i7_only_the_vault_changes_the_vault, seen.vetoed, lie.allow_somebody),
    (powers.check_i7_only_the_vault_changes_the_vault, seen.paid, lie.allow_somebody),
    (powers.check_i7_only_the_vault_changes_the_vault, seen.vetoed, lie.give_an_approval),
    (powers.check_i7_only_the_vault_changes_the_vault, seen.vetoed, lie.fill_a_bucket),
    (powers.check_i7_only_the_vault_changes_the_vault, seen.consented, lie.allow_somebody),
    (powers.check_i7_only_the_vault_changes_the_vault, seen.consented, lie.have_two_duties),
    (powers.check_i8_one_seat_a_person, seen.vetoed, lie.sit_twice),
    (powers.check_i8_one_seat_a_person, seen.vetoed_by_a_group, lie.hold_a_key_beside),
    (powers.check_i8_no_conflicting_duties, seen.vetoed, lie.have_two_duties),
    (powers.check_i8_no_conflicting_duties, seen.vetoed, lie.have_two_stored_duties),
    (powers.check_i8_one_seat_a_person, seen.vetoed, lie.count_somebody_suspended),
    (inv.check_i10_a_signature_serves_one_purpose, seen.approved, lie.never_have_signed),
    (inv.check_i10_a_signature_serves_one_purpose, seen.vetoed_by_a_group, lie.never_have_signed),
    (inv.check_i11_nothing_outlives_its_seat, seen.approved, lie.take_office_later),
    (inv.check_i11_nothing_outlives_its_seat, seen.paid, lie.have_been_away),
    (inv.check_i11_nothing_outlives_its_seat, seen.paid, lie.publisher_has_been_away),
    (inv.check_i12_storage_alone_tells_who_and_what, seen.published, lie.hide_an_operation),
    (inv.check_i12_storage_alone_tells_who_and_what, seen.published, lie.slip_an_operation_in),
    (inv.check_i12_storage_alone_tells_who_and_what, seen.vetoed, lie.seat_somebody),
    (inv.check_i14_an_objection_holds_without_a_supermajority, seen.outvoted, lie.outvote_by_too_few),
    (inv.check_i14_an_objection_holds_without_a_supermajority, seen.outvoted, lie.forget_the_objection),
]


@pytest.mark.parametrize(
    ("run", "check", "story", "forge"),
    [
        ("apart" if story is seen.paid_a_lot else "five", check, story, forge)
        for check, story, forge in FORGERIES
    ],
    ids=lambda part: part if isinstance(part, str) else part.__name__.removeprefix("check_"),
    indirect=["run"],
)
def test_invariant__of_what_happened__holds_until_something_is_forged(
    run: Run, check: inv.Check, story: Callable[[Run], Witnessed], forge: Forgery
) -> None:
    witnessed = story(run)
    if check in inv.AFTER_WRITING:
        witnessed.journal = run.journal
    check(deepcopy(witnessed.journal), witnessed.act)

    forge(witnessed)

    with pytest.raises(AssertionError):
        check(witnessed.journal, witnessed.act)


def test_invariants__all_of_them__are_forged_here() -> None:
    assert {check for check, _, _ in FORGERIES} == {*inv.BEFORE_WRITING, *inv.AFTER_WRITING}


def test_invariants__of_the_design__each_has_a_check_that_names_it() -> None:
    checks = [*vars(inv), *vars(probes), *vars(probes.Stops)]
    numbers = {int(found[1]) for name in checks if (found := re.match(r"check_i(\d+)_", name))}
    assert replay.__doc__ is not None
    assert "I-9" in replay.__doc__
    assert numbers | {9} == set(range(1, 15))


def test_code__of_a_vault_that_is_another_one__is_noticed(run: Run) -> None:
    probes.check_i13_the_code_is_the_release_s(run.chain, [run.vault])
    with run.chain.isolate():
        run.chain.set_code(run.vault, run.chain.code(run.vault) + b"\0")
        with pytest.raises(AssertionError, match="code"):
            probes.check_i13_the_code_is_the_release_s(run.chain, [run.vault])


def test_code__of_vaults_of_any_configuration__is_one(run: Run, world: World) -> None:
    probes.check_i13_the_code_is_the_release_s(run.chain, [each.vault for each in world.vaults.values()])


def test_veto__that_the_vault_refuses__is_noticed(run: Run) -> None:
    scene = payment(run)
    scene.propose()
    stops = probes.Stops(run)
    requests = stops.asking(run.latest.time)
    assert len(requests) == 7, "five approvers and two guardians"
    answers = run.chain.batch(requests)
    stops.check_i14_everyone_can_stop(answers)
    with pytest.raises(AssertionError, match="cannot veto"):
        stops.check_i14_everyone_can_stop([*answers[:-1], {"code": 3, "data": "0x"}])


def test_events__any_one_of_them_lost__tell_another_story_than_storage(run: Run, world: World) -> None:
    founded, words = world.vaults["five"], run.state.words()
    logs = [("vault", log) for log in founded.logs]
    require_same_words(words, words, Replay(run.vault, logs, founded.block.time).words())

    for lost in range(len(logs)):
        kept = logs[:lost] + logs[lost + 1 :]
        with pytest.raises(AssertionError, match="the events tell"):
            require_same_words(words, words, Replay(run.vault, kept, founded.block.time).words())
