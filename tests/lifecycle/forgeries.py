"""Lies about what truly happened, each in one thing, that an invariant has to notice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tests.lifecycle.books import Duties, Ledger
from tests.lifecycle.cast import NEW_YORK, SINGAPORE
from tests.lifecycle.registers import APPROVAL, KEY_MATERIAL, SIGNING_SERVER
from tests.lifecycle.slots import REGISTRY, lane_places, seat_places
from tests.lifecycle.vocabulary import id_of
from tests.lifecycle.witnesses import Witnessed
from verifier.model.asset import NATIVE, Use
from verifier.model.member import Attributes, Role
from verifier.model.units import Duration, Person, Sequence, Timestamp, Units

Forgery = Callable[[Witnessed], None]


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


def move_somebody(w: Witnessed, name: str, to: Attributes) -> None:
    records = dict(w.act.before.records)
    account = w.run.address(name)
    records[account] = replace(records[account], attributes=to)
    w.alter_before(records=records)


def be_colleagues(w: Witnessed) -> None:
    move_somebody(w, "cid", replace(SINGAPORE, employer=NEW_YORK.employer))


def be_neighbours(w: Witnessed) -> None:
    move_somebody(w, "cid", replace(SINGAPORE, place=NEW_YORK.place))


def have_one_night(w: Witnessed) -> None:
    move_somebody(w, "cid", replace(SINGAPORE, utc_offset=NEW_YORK.utc_offset - 180))


def be_young(w: Witnessed) -> None:
    consents = w.journal.consents[id_of(w.scene.operation)]
    bob = w.run.address("bob")
    consents[bob] = replace(consents[bob], was_seasoned=False)


def forget_the_hurry(w: Witnessed) -> None:
    w.journal.hurried.clear()


def lose_the_record(w: Witnessed) -> None:
    w.alter_before(ledger=Ledger())


def consent_to_another_moment(w: Witnessed) -> None:
    lanes = dict(w.act.before.lanes)
    slot = lanes[w.scene.operation.lane]
    moment = Timestamp(slot.state.moment + 1)
    lanes[w.scene.operation.lane] = replace(slot, state=replace(slot.state, moment=moment))
    w.alter_before(lanes=lanes)


def break_no_glass(w: Witnessed) -> None:
    records = dict(w.act.before.records)
    eve = w.run.address("eve")
    records[eve] = replace(records[eve], roles=Role.APPROVER)
    w.alter_before(records=records)


def fill_a_bucket(w: Witnessed) -> None:
    terms = w.act.after.assets[NATIVE]
    assert terms is not None
    w.alter_after(assets={**w.act.after.assets, NATIVE: replace(terms, level=Units(1))})


def say_nothing_of_it(w: Witnessed) -> None:
    w.alter_after(ledger=Ledger())


def have_two_duties(w: Witnessed) -> None:
    book = Duties()
    book.exclude(APPROVAL, KEY_MATERIAL)
    book.keep(Person(w.run.record("ann").person), KEY_MATERIAL)
    w.alter_after(duties={**w.act.after.duties, REGISTRY: book})


def have_two_stored_duties(w: Witnessed) -> None:
    book = Duties()
    book.exclude(SIGNING_SERVER, KEY_MATERIAL)
    book.keep(Person(5), KEY_MATERIAL | SIGNING_SERVER)
    w.alter_after(duties={**w.act.after.duties, REGISTRY: book})


def hold_a_key_beside(w: Witnessed) -> None:
    owls = w.run.address("owls")
    groups = dict(w.act.after.groups)
    persons = (*groups[owls].holders, Person(w.run.record("ann").person))
    groups[owls] = replace(groups[owls], holders=persons)
    w.alter_after(groups=groups)


def outvote_by_too_few(w: Witnessed) -> None:
    del w.journal.consents[id_of(w.scene.operation)][w.run.address("dee")]


def forget_the_objection(w: Witnessed) -> None:
    lanes = dict(w.act.before.lanes)
    slot = lanes[w.scene.operation.lane]
    lanes[w.scene.operation.lane] = replace(slot, state=replace(slot.state, objected=False))
    w.alter_before(lanes=lanes)


def hide_an_operation(w: Witnessed) -> None:
    place = lane_places()[w.scene.operation.lane][1]
    w.act = replace(w.act, stored={**w.act.stored, place: 0})


def slip_an_operation_in(w: Witnessed) -> None:
    (_, state), (id_place, free) = lane_places()[w.scene.operation.lane], lane_places()[511]
    w.act = replace(w.act, stored={**w.act.stored, free: w.act.stored[state], id_place: 1})


def seat_somebody(w: Witnessed) -> None:
    w.act = replace(w.act, stored={**w.act.stored, seat_places()[63]: 7})
