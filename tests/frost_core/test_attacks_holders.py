"""Holders that are none, that are one and the same, that lie or are not there, and who speaks in their names.

What comes of each with one defence taken out, and with it in.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import pytest

from tests.frost_core.liars import edit, lying, read, say, silent
from tests.frost_core.party import (
    Outcome,
    Signed,
    call_for_key,
    charter,
    pen,
    run_dealing,
    run_signing,
    session,
)
from tests.frost_core.sessions import DIGEST, KEY, SHARES, commit
from tests.frost_core.test_attacks import number
from tests.frost_core.test_signing_threats import wrong_share
from tests.frost_core.thieves import assembly_of, put_together, secrets_in, sign_alone
from verifier.errors.frost import BodyMalformed, CharterMalformed, ScalarMalformed, SignersUnfit
from verifier.frost import coordinator, quoting, relay
from verifier.frost.assembly import assemble
from verifier.frost.charter import Charter, Holder, Index, TransportKey
from verifier.frost.coordinator import Absence, Stage
from verifier.frost.curve import Point
from verifier.frost.envelope import Envelope, Fault
from verifier.frost.judge import Crime
from verifier.frost.lists import require_growing
from verifier.frost.messages import Kind
from verifier.frost.polynomial import Polynomial
from verifier.frost.rfc9591 import is_signed
from verifier.frost.scalar import SecretScalar
from verifier.frost.signing import Signing
from verifier.frost.turn import Turn

MEMBERS: Final = (1, 2, 3)
ZERO: Final = Index(0)


# A holder of index 0: what is dealt to it is the key.


def dealt_to_nobody() -> tuple[Point, SecretScalar]:
    """The key that three make, and the sum of what each of them would deal to a holder of index 0."""
    name, call = session(), call_for_key(charter(2, MEMBERS))
    key = run_dealing(call, name=name).relay.key
    assert key is not None
    found = assembly_of(call, name)
    first, second, third = (secrets_in(found, index).value_for(ZERO) for index in MEMBERS)
    return key.point, first.plus(second).plus(third)


def test_index_of_zero__zero_taken_for_a_number_like_others__the_thief_has_the_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    right = Polynomial.value_at

    def anywhere(polynomial: Polynomial, index: Index) -> SecretScalar:
        return polynomial.coefficients[0] if index == ZERO else right(polynomial, index)

    monkeypatch.setattr(Polynomial, "value_at", anywhere)
    point, loot = dealt_to_nobody()
    assert is_signed(point, DIGEST, sign_alone(loot, DIGEST))


def test_index_of_zero__as_it_is__nothing_is_dealt_and_no_group_or_list_has_it() -> None:
    with pytest.raises(ScalarMalformed):
        dealt_to_nobody()
    good = charter(2, MEMBERS)
    nobody = Holder(index=ZERO, transport_key=TransportKey(number(9).point()[1:]))
    with pytest.raises(CharterMalformed, match="index is not between"):
        replace(good, holders=(nobody, *good.holders))
    with pytest.raises(BodyMalformed):
        require_growing([ZERO, Index(1)])


# One that has two of the places, by one key for the way.


def one_in_two_places() -> Outcome:
    good = charter(2, MEMBERS)
    twice = replace(good.holders[2], transport_key=good.holders[1].transport_key)
    call = call_for_key(replace(good, holders=(*good.holders[:2], twice)))
    return run_dealing(call, pens={3: pen(3, 2)})


def test_two_places__transport_keys_not_compared__one_thief_signs_for_two(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Persons are counted where the group's file is made; here it is the keys that may be there once."""
    monkeypatch.setattr(Charter, "__post_init__", lambda _charter: None)
    outcome = one_in_two_places()
    assert outcome.relay.stage is relay.Stage.TRIAL
    assert outcome.relay.key is not None
    mine = {int(i): one.share.secret for i, one in outcome.pending.items() if one.share and i != 1}
    assert is_signed(outcome.relay.key.point, DIGEST, sign_alone(put_together(mine), DIGEST))


def test_two_places__as_it_is__no_such_group() -> None:
    with pytest.raises(CharterMalformed, match="two of it have one transport key"):
        one_in_two_places()


# A liar, and one who is not there, in a 3-of-5 group.


def sign_with_a_liar() -> Signed:
    return run_signing(SHARES, DIGEST, change=lying(1, Kind.SIGNATURE_SHARE, wrong_share))


def test_bad_holder__its_share_not_looked_at__nobody_signs_and_nobody_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(coordinator, "is_answer_right", lambda _occasion, _index, _z: True)
    signed = sign_with_a_liar()
    assert signed.signing.signature is None
    assert not signed.log.verdicts
    assert not signed.signing.excluded


def test_bad_holder__as_it_is__named_and_the_others_sign() -> None:
    signed = sign_with_a_liar()
    assert is_signed(KEY.point, DIGEST, signed.signature)
    assert signed.log.culprits == {1}


def sign_without_one() -> Signed:
    """Holder 1 says yes, is chosen, and is not heard of again."""
    return run_signing(SHARES, DIGEST, change=silent(1, Kind.SIGNATURE_SHARE))


def test_absent_holder__no_other_subset_tried__one_keeps_all_from_signing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    right = coordinator._next_attempt

    def once(turn: Turn[Signing]) -> Turn[Signing]:
        is_first = turn.state.attempt < 0
        return right(turn) if is_first else replace(turn, state=replace(turn.state, stage=Stage.FAILED))

    monkeypatch.setattr(coordinator, "_next_attempt", once)
    signed = sign_without_one()
    assert signed.signing.signature is None


def test_absent_holder__as_it_is__left_out_and_the_others_sign() -> None:
    signed = sign_without_one()
    assert is_signed(KEY.point, DIGEST, signed.signature)
    assert {i: one.absence for i, one in signed.signing.excluded.items()} == {1: Absence.LATE}


# One that commits to what is no point; 33 zeros are how the identity would be written.

NO_POINTS: Final = [bytes(33), b"\2" + b"\xff" * 32, b"\4" + bytes(32)]


def sign_with_no_point(written: bytes) -> Signed:
    def lie(envelope: Envelope) -> Any:
        return edit(envelope.body, binding=written)

    return run_signing(SHARES, DIGEST, change=lying(1, Kind.COMMITMENT, lie))


@pytest.mark.parametrize("written", NO_POINTS)
def test_malformed_point__not_looked_at__one_ends_every_signing_and_is_not_named(
    monkeypatch: pytest.MonkeyPatch, written: bytes
) -> None:
    monkeypatch.setattr(quoting, "is_point", lambda _written: True)
    with pytest.raises(SignersUnfit):
        sign_with_no_point(written)


@pytest.mark.parametrize("written", NO_POINTS)
def test_malformed_point__as_it_is__named_and_the_others_sign(written: bytes) -> None:
    signed = sign_with_no_point(written)
    assert is_signed(KEY.point, DIGEST, signed.signature)
    assert {(v.culprit, v.crime) for _, v in signed.log.verdicts} == {(1, Crime.NONSENSE)}


# Somebody with the wrong keys, in two holders' places from the beginning.


def take_two_places() -> Outcome:
    thief = {index: pen(index, "a thief") for index in (2, 3)}
    return run_dealing(call_for_key(charter(2, MEMBERS)), pens=thief)


def test_wrong_key__signatures_of_envelopes_not_looked_at__the_thief_has_the_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert assemble.__kwdefaults__ is not None
    monkeypatch.setitem(assemble.__kwdefaults__, "is_signed", lambda _key, _digest, _signature: True)
    outcome = take_two_places()
    assert outcome.relay.stage is relay.Stage.TRIAL
    assert outcome.relay.key is not None
    mine = {int(i): one.share.secret for i, one in outcome.pending.items() if one.share and i != 1}
    assert is_signed(outcome.relay.key.point, DIGEST, sign_alone(put_together(mine), DIGEST))


def test_wrong_key__as_it_is__not_heard_and_no_key() -> None:
    outcome = take_two_places()
    assert {(one.fault, one.is_proven) for _, one in outcome.log.rejected} == {(Fault.SIGNATURE, False)}
    assert outcome.relay.awaited == (2, 3)
    assert not outcome.pending


# Holder 2 lies, and signs with its own key, in holder 1's name.


def lie_in_anothers_name(**changed: Any) -> Turn[Signing]:
    started = coordinator.start_signing(KEY, pen(0), digest=DIGEST, request=b"all", session=session())
    mine = read(commit(2, started.state.invitation)[1])
    lie = say(mine, edit(mine.body, hiding=bytes(33)), by=replace(pen(2), index=Index(1)))
    return coordinator.receive(replace(started.state, **changed), lie)


def test_index_hijack__signatures_of_envelopes_not_looked_at__an_innocent_is_left_out() -> None:
    turn = lie_in_anothers_name(is_signed=lambda _key, _digest, _signature: True)
    assert [(v.culprit, v.crime) for v in turn.verdicts] == [(1, Crime.NONSENSE)]
    assert {*turn.state.excluded} == {1}


def test_index_hijack__as_it_is__refused_and_nobody_blamed() -> None:
    turn = lie_in_anothers_name()
    assert [(one.fault, one.is_proven) for one in turn.rejected] == [(Fault.SIGNATURE, False)]
    assert not turn.verdicts
    assert not turn.state.excluded
