"""A holder in its sessions: one answer each, and no nonce twice, whatever the coordinator says."""

from __future__ import annotations

from typing import Any

import pytest

from tests.frost_core.liars import assert_proven, edit, read, say
from tests.frost_core.party import pen, run_signing, session
from tests.frost_core.sessions import (
    COURT,
    DICE,
    DIGEST,
    KEY,
    OTHER,
    SHARES,
    ask,
    commit,
    invite,
    pack,
    start,
    three,
)
from verifier.errors.frost import DiceStuck, NonceSpent
from verifier.frost import coordinator, signer
from verifier.frost.charter import COORDINATOR, Index
from verifier.frost.coordinator import Absence, Stage
from verifier.frost.envelope import Fault
from verifier.frost.judge import Crime
from verifier.frost.messages import Kind


def test_sign__one_declines__left_out_with_its_reason() -> None:
    asked = invite()
    state = ask(1, asked)
    turn = signer.decline(state, asked.session, "not \x1b[31mon\x1b[0m my watch" + "!" * 300)
    started = coordinator.start_signing(KEY, pen(0), digest=DIGEST, request=b"", session=asked.session)
    answer = coordinator.receive(started.state, turn.sent[0].raw)
    assert answer.state.excluded[Index(1)].absence is not Absence.DECLINED  # it answered another invitation
    same = coordinator.start_signing(KEY, pen(0), digest=DIGEST, request=b"all", session=asked.session)
    answer = coordinator.receive(same.state, turn.sent[0].raw)
    exclusion = answer.state.excluded[Index(1)]
    assert exclusion.absence is Absence.DECLINED
    assert exclusion.declined_because.startswith("not \x1b[31mon")
    assert len(exclusion.declined_because) == 200
    assert answer.state.stage is Stage.INVITING
    with pytest.raises(NonceSpent):
        signer.consent(turn.state, asked.session, dice=DICE)


def test_answer__same_package_again__same_answer_and_no_nonce_is_left() -> None:
    asked = invite()
    states, commitments = three(asked)
    package = pack(asked, *commitments)
    first = signer.receive(states[1], package)
    assert first.state.sessions[asked.session].nonces is None
    again = signer.receive(first.state, package)
    assert again.sent == first.sent
    assert again.state == first.state


def test_answer__another_package_of_the_session__refused_and_the_coordinator_named() -> None:
    """Two packages in one session are how two coordinators, or one that lies, would make a nonce answer twice."""
    asked = invite()
    states, commitments = three(asked)
    fourth = commit(4, asked)[1]
    first = signer.receive(states[1], pack(asked, *commitments))
    second = signer.receive(first.state, pack(asked, *commitments, fourth))
    assert not second.sent
    assert [one.fault for one in second.rejected] == [Fault.CONFLICT]
    assert [(v.culprit, v.crime) for v in second.verdicts] == [(COORDINATOR, Crime.TWO_WORDS)]
    assert_proven([(Index(1), v) for v in second.verdicts], COURT)


def test_answer__from_an_old_copy_of_the_state__no_nonce_is_used_twice() -> None:
    asked = invite()
    states, commitments = three(asked)
    old = states[1]
    assert signer.receive(old, pack(asked, *commitments)).sent
    with pytest.raises(NonceSpent):
        signer.receive(old, pack(asked, *commitments, commit(4, asked)[1]))
    with pytest.raises(NonceSpent):
        signer.receive(old, pack(asked, *commitments))


def test_answer__after_a_restart__the_session_is_over() -> None:
    asked = invite()
    states, commitments = three(asked)
    restarted = start(1, closed=[asked.session])
    assert [one.fault for one in signer.receive(restarted, asked.raw).rejected] == [Fault.OVER]
    assert [one.fault for one in signer.receive(restarted, pack(asked, *commitments)).rejected] == [
        Fault.OVER
    ]
    assert [one.fault for one in signer.receive(start(1), pack(asked, *commitments)).rejected] == [
        Fault.SESSION
    ]
    forgotten = signer.forget(states[1], asked.session)
    assert [one.fault for one in signer.receive(forgotten, pack(asked, *commitments)).rejected] == [
        Fault.OVER
    ]


def test_invite__twice_with_other_words__refused_and_the_coordinator_named() -> None:
    name = session()
    first, second = invite(request=b"pay Alice", name=name), invite(request=b"pay Mallory", name=name)
    state = ask(1, first)
    turn = signer.receive(state, second.raw)
    assert [one.fault for one in turn.rejected] == [Fault.CONFLICT]
    assert [(v.culprit, v.crime) for v in turn.verdicts] == [(COORDINATOR, Crime.TWO_WORDS)]
    assert_proven([(Index(1), v) for v in turn.verdicts], COURT)
    assert turn.state == state


def test_package__of_another_digest_or_view__refused_and_the_evidence_names_the_coordinator() -> None:
    name = session()
    asked, other = invite(name=name), invite(name=name, request=b"something else")
    states, commitments = three(asked)
    misled = commit(4, other)[1]
    for package, fault in (
        (pack(asked, *commitments, digest=OTHER), Fault.DIGEST),
        (pack(asked, *commitments, seen=other.hash), Fault.SEEN),
        # Holder 4 was asked something else in the same session.
        (pack(asked, *commitments, misled), Fault.SEEN),
        (pack(asked, *commitments[:2]), Fault.COUNT),
        (pack(asked, *reversed(commitments)), Fault.COUNT),
        (pack(asked, commitments[0], commitments[0], commitments[1]), Fault.COUNT),
        (pack(asked, *commitments[:2], commitments[2][:-1] + b"\0"), Fault.SIGNATURE),
        (pack(asked, *commitments[:2], asked.raw), Fault.KIND),
        (pack(asked, *commitments[:2], b"nothing"), Fault.SIZE),
    ):
        turn = signer.receive(states[1], package)
        assert [(one.sender, one.fault) for one in turn.rejected] == [(COORDINATOR, fault)]
        assert not turn.sent
        assert [(v.culprit, v.crime) for v in turn.verdicts] == [(COORDINATOR, Crime.MISQUOTE)], fault
        assert_proven([(Index(1), v) for v in turn.verdicts], COURT)
        assert turn.state == states[1]
    # The session goes on.
    assert signer.receive(states[1], pack(asked, *commitments)).sent


def test_package__without_oneself__refused() -> None:
    asked = invite()
    states, commitments = three(asked)
    raws = [*commitments[1:], commit(4, asked)[1]]
    turn = signer.receive(states[1], pack(asked, *raws))
    assert [one.fault for one in turn.rejected] == [Fault.COMMITMENT]
    assert not turn.sent


def test_package__before_consent__refused() -> None:
    asked = invite()
    _, commitments = three(asked)
    turn = signer.receive(ask(4, asked), pack(asked, *commitments))
    assert [one.fault for one in turn.rejected] == [Fault.ORDER]


def test_blame__of_a_holder_by_a_coordinator_that_lies__not_proven() -> None:
    """It shows an honest share beside a package that it signed afterwards."""
    asked = invite()
    states, commitments = three(asked)
    package = pack(asked, *commitments)
    share = signer.receive(states[1], package).sent[0].raw
    from verifier.errors.frost import VerdictUnproven
    from verifier.frost.evidence import require_proven
    from verifier.frost.judge import Verdict

    later = pack(asked, *commitments, commit(4, asked)[1])
    for evidence in ((asked.raw, package, share), (asked.raw, later, share), (asked.raw, package)):
        framed = Verdict(culprit=Index(1), crime=Crime.BAD_SHARE, evidence=evidence)
        with pytest.raises(VerdictUnproven):
            require_proven(framed, COURT)
    with pytest.raises(VerdictUnproven):
        require_proven(Verdict(culprit=Index(1), crime=Crime.TWO_WORDS, evidence=(share, share)), COURT)


def test_dice__that_fall_the_same_again__noticed_and_nothing_signed() -> None:
    state = start(1)
    first, second = invite(), invite(digest=OTHER)
    for asked in (first, second):
        state = signer.receive(state, asked.raw).state
    state = signer.consent(state, first.session, dice=DICE).state
    with pytest.raises(DiceStuck):
        signer.consent(state, second.session, dice=DICE)
    assert [one.session for one in state.asked] == [second.session]
    with pytest.raises(DiceStuck):
        signer.consent(state, second.session, dice=bytes(64))


def test_dice__that_fall_the_same_after_a_restart__other_nonces() -> None:
    """A restored snapshot of a machine rolls the same dice again; its new session makes other nonces of them."""
    points = []
    for asked in (invite(), invite()):
        turn = signer.consent(ask(1, asked), asked.session, dice=DICE)
        body: Any = read(turn.sent[0].raw).body
        points.append((body.hiding, body.binding))
    assert not {*points[0]} & {*points[1]}


def test_commitment__that_has_come_before__noticed_by_the_coordinator() -> None:
    """A holder whose guard is gone sends one nonce twice: in another attempt, or in another signing."""
    first = run_signing(SHARES, DIGEST)
    before: Any = next(
        e for e in map(read, (r for _, _, r in first.log.arrived)) if e.kind is Kind.COMMITMENT
    )
    used = first.signing.used
    started = coordinator.start_signing(KEY, pen(0), digest=OTHER, request=b"", session=session(), used=used)
    again = say(
        before, before.body, digest=OTHER, seen=started.state.invitation.hash, session=started.state.session
    )
    turn = coordinator.receive(started.state, again)
    assert [(one.sender, one.fault) for one in turn.rejected] == [(before.sender, Fault.COMMITMENT)]
    assert before.sender in turn.state.excluded
    fresh = coordinator.start_signing(KEY, pen(0), digest=OTHER, request=b"", session=started.state.session)
    assert not coordinator.receive(fresh.state, again).rejected


def test_trial__by_a_pending_share__signs_nothing_else() -> None:
    trial = start(1, is_trial=True)
    turn = signer.receive(trial, invite().raw)
    assert [one.fault for one in turn.rejected] == [Fault.DIGEST]
    assert not turn.state.asked


def test_sessions__too_many_open__the_next_is_refused_and_old_ones_live() -> None:
    state = start(1)
    asked = [invite() for _ in range(signer.MOST_SESSIONS + 1)]
    for one in asked[:-1]:
        state = signer.receive(state, one.raw).state
    turn = signer.receive(state, asked[-1].raw)
    assert [one.fault for one in turn.rejected] == [Fault.BUSY]
    assert signer.consent(turn.state, asked[0].session, dice=DICE).sent


def test_sessions__answered_and_never_ended__make_room_and_are_over_for_good() -> None:
    """Declined sixty-four times, a holder was deaf until it was started again."""
    state = start(1)
    asked = [invite() for _ in range(signer.MOST_SESSIONS + 1)]
    for one in asked[:-1]:
        state = signer.receive(state, one.raw).state
    state = signer.decline(state, asked[3].session, "no").state
    turn = signer.receive(state, asked[-1].raw)
    assert not turn.rejected
    assert asked[-1] in turn.state.asked
    assert asked[3].session in turn.state.closed
    again = signer.receive(turn.state, asked[3].raw)
    assert [one.fault for one in again.rejected] == [Fault.OVER]


def test_signature__arrived__closes_all_attempts_at_it() -> None:
    asked, other = invite(), invite(digest=OTHER)
    states, commitments = three(asked)
    state = signer.receive(signer.receive(states[1], pack(asked, *commitments)).state, other.raw).state
    signed = run_signing(SHARES, DIGEST)
    raw: Any = next(e for e in map(read, (r for _, _, r in signed.log.arrived)) if e.kind is Kind.SIGNATURE)
    false = say(raw, edit(raw.body, signature=raw.body.signature[:-1] + b"\0"), session=asked.session)
    assert signer.receive(state, false).state == state
    closed = signer.receive(state, say(raw, raw.body, session=asked.session)).state
    assert {*closed.sessions} == {other.session}
    assert asked.session in closed.closed
