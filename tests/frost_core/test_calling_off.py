"""What is called off is over at once, for whoever was asked, and by nobody's word but its coordinator's."""

from __future__ import annotations

from typing import Any

import pytest

from tests.frost_core.liars import read, say
from tests.frost_core.party import (
    call_for_key,
    call_for_shares,
    charter,
    dice,
    make_key,
    next_epoch,
    pen,
    session,
)
from tests.frost_core.sessions import KEY, OTHER, ask, commit, invite, pack, start, three
from verifier.errors.frost import NonceSpent
from verifier.frost import coordinator, relay, repair_relay, signer
from verifier.frost.calling_off import Begun, call_off, decline_ceremony, rejected_call_off
from verifier.frost.charter import Index
from verifier.frost.closing_messages import CallOff
from verifier.frost.envelope import Envelope, Fault
from verifier.frost.messages import Kind
from verifier.frost.repair_messages import RepairCall
from verifier.frost.signing import Absence

ONE = Index(1)


def called_off(invitation: Envelope, **other: Any) -> bytes:
    return say(invitation, CallOff(), kind=Kind.CALL_OFF, **({"seen": invitation.hash} | other))


def test_call_off__of_an_attempt__says_what_holders_take() -> None:
    started = coordinator.start_signing(KEY, pen(0), digest=OTHER, request=b"all", session=session())
    said = call_off(Begun.of_attempt(started.state), pen(0))
    assert said.to == started.state.invited
    asked = signer.receive(start(1), started.sent[0].raw)
    assert said.raw == called_off(asked.state.asked[0])
    assert signer.receive(asked.state, said.raw).state.asked == ()


def test_call_off__of_what_waits_for_an_answer__answered_no_more_and_never_taken_again() -> None:
    asked = invite()
    turn = signer.receive(ask(1, asked), called_off(asked))
    assert (turn.sent, turn.rejected, turn.state.sessions) == ((), (), {})
    with pytest.raises(NonceSpent):
        signer.consent(turn.state, asked.session, dice=dice("late", length=64))
    assert signer.receive(turn.state, asked.raw).rejected[0].fault is Fault.OVER
    # Told twice, there is nothing to end.
    again = signer.receive(turn.state, called_off(asked))
    assert (again.state, again.sent, again.rejected) == (turn.state, (), ())


def test_call_off__after_a_yes__its_nonces_are_gone_and_the_package_is_worth_nothing() -> None:
    asked = invite()
    states, commitments = three(asked)
    nonces = states[1].sessions[asked.session].nonces
    assert nonces is not None
    turn = signer.receive(states[1], called_off(asked))
    with pytest.raises(NonceSpent):
        nonces.take()
    late = signer.receive(turn.state, pack(asked, *commitments))
    assert (late.sent, late.rejected[0].fault) == ((), Fault.OVER)


@pytest.mark.parametrize(
    ("other", "fault"),
    [
        ({"seen": bytes(32)}, Fault.SEEN),
        ({"digest": OTHER}, Fault.DIGEST),
        ({"session": session()}, Fault.SESSION),
        ({"epoch": 2}, Fault.EPOCH),
        ({"by": pen(2)}, Fault.KIND),
        ({"by": pen(0, "a stranger")}, Fault.SIGNATURE),
    ],
)
def test_call_off__of_something_else_or_by_somebody_else__refused_and_the_session_goes_on(
    other: dict[str, Any], fault: Fault
) -> None:
    asked = invite()
    states, commitments = three(asked)
    turn = signer.receive(states[1], called_off(asked, **other))
    assert [one.fault for one in turn.rejected] == [fault]
    assert turn.state == states[1]
    assert signer.receive(turn.state, pack(asked, *commitments)).sent


def test_call_off__of_one_session__others_about_the_same_go_on() -> None:
    first, second = invite(), invite()
    state = signer.receive(commit(1, first)[0], second.raw).state
    after = signer.receive(state, called_off(second)).state
    assert {*after.sessions} == {first.session}
    assert after.sessions[first.session].nonces is not None


# ------------------------------------------------------------------------------------------ dealings and repairs


def begun_ceremonies() -> list[relay.Relay | repair_relay.RepairRelay]:
    """Return a new key, new shares and a repair, each just called for."""
    shares = make_key(2, 3)
    key = shares[ONE].key
    again = call_for_shares(key, next_epoch(key.charter, 2, (1, 2, 3)), (1, 2, 3))
    lost = RepairCall(lost=Index(3), helpers=(ONE, Index(2)))
    new = call_for_key(charter(2, (1, 2, 3)))
    return [
        relay.start_dealing(new, pen(0), session=session(), known=None).state,
        relay.start_dealing(again, pen(0), session=session(), known=key).state,
        repair_relay.start_repair(lost, key, pen(0), session=session()).state,
    ]


CEREMONIES = begun_ceremonies()
NAMES = ("key", "shares", "repair")


def receive(state: relay.Relay | repair_relay.RepairRelay, raw: bytes) -> Any:
    if isinstance(state, relay.Relay):
        return relay.receive(state, raw)
    return repair_relay.receive(state, raw)


@pytest.mark.parametrize("state", CEREMONIES, ids=NAMES)
def test_call_off__of_a_ceremony__fits_it_alone_and_is_the_coordinators_alone(
    state: relay.Relay | repair_relay.RepairRelay,
) -> None:
    begun = Begun.of_ceremony(state.assembly)
    said = call_off(begun, pen(0))
    assert said.to == state.assembly.members
    assert rejected_call_off(said.raw, begun) is None
    wrong = {
        Fault.SEEN: say(read(said.raw), CallOff(), kind=Kind.CALL_OFF, seen=bytes(32)),
        Fault.DIGEST: say(read(said.raw), CallOff(), kind=Kind.CALL_OFF, digest=OTHER),
        Fault.SESSION: say(read(said.raw), CallOff(), kind=Kind.CALL_OFF, session=session()),
        Fault.SIGNATURE: say(read(said.raw), CallOff(), kind=Kind.CALL_OFF, by=pen(0, "a stranger")),
        Fault.KIND: say(read(said.raw), CallOff(), kind=Kind.CALL_OFF, by=pen(2)),
    }
    for fault, raw in wrong.items():
        found = rejected_call_off(raw, begun)
        assert found is not None
        assert found.fault is fault
    # What a member says, or was begun by, ends nothing.
    assert rejected_call_off(decline_ceremony(state.assembly, pen(1), "no"), begun) is not None
    assert rejected_call_off(state.assembly.envelope.raw, begun) is not None


@pytest.mark.parametrize("state", CEREMONIES, ids=NAMES)
def test_decline__instead_of_an_offer__it_ends_at_once_and_names_who_and_why(
    state: relay.Relay | repair_relay.RepairRelay,
) -> None:
    turn = receive(state, decline_ceremony(state.assembly, pen(2), "not \x1b[31mtoday" + "!" * 300))
    assert turn.state.stage.name == "FAILED"
    assert turn.verdicts == turn.sent == turn.rejected == ()
    declined = turn.state.declined
    assert declined is not None
    assert (declined.index, declined.absence) == (2, Absence.DECLINED)
    assert declined.declined_because.startswith("not \x1b[31mtoday!")
    assert len(declined.declined_because) == 200


@pytest.mark.parametrize("state", CEREMONIES, ids=NAMES)
@pytest.mark.parametrize("field", ["digest", "seen", "session"])
def test_decline__of_another_ceremony__refused_and_this_one_goes_on(
    state: relay.Relay | repair_relay.RepairRelay, field: str
) -> None:
    no = read(decline_ceremony(state.assembly, pen(2), "no"))
    other: dict[str, Any] = {field: bytes(31) + b"\1"}
    turn = receive(state, say(no, no.body, **other))
    assert (
        turn.rejected[0].fault
        is {"digest": Fault.DIGEST, "seen": Fault.SEEN, "session": Fault.SESSION}[field]
    )
    assert turn.state == state


@pytest.mark.parametrize("is_repair", [False, True])
def test_decline__after_an_offer__refused_as_it_has_a_part_in_it_by_then(*, is_repair: bool) -> None:
    from verifier.frost import dealer, repair

    shares = make_key(2, 3)
    state = CEREMONIES[2 if is_repair else 0]
    if isinstance(state, repair_relay.RepairRelay):
        same = repair_relay.start_repair(
            state.assembly.call, shares[ONE].key, pen(0), session=session()
        ).state
        joined: Any = repair.join_repair(same.assembly, pen(1), held=shares[ONE], dice=dice("join"))
        before = receive(same, joined.sent[0].raw).state
    else:
        joined = dealer.join_dealing(state.assembly, pen(1), held=None, dice=dice("join"))
        before = receive(state, joined.sent[0].raw).state
    turn = receive(before, decline_ceremony(before.assembly, pen(1), "no"))
    assert (turn.rejected[0].fault, turn.state) == (Fault.ORDER, before)
