"""A coordinator that shows one thing and has another signed, frames a holder, or does not keep to the order; and what
was signed for one vault, shown to another.

What comes of each with one defence taken out, and with it in.
"""

from __future__ import annotations

import hashlib
from argparse import Namespace
from dataclasses import replace
from typing import Any, Final

import pytest

from tests.core.test_group_request import OPERATION, PUBLISHED, VAULT
from tests.frost_core.liars import read
from tests.frost_core.party import pen, run_signing, session
from tests.frost_core.sessions import COURT, KEY, SHARES, ask, commit, invite, pack, three
from tests.frost_core.test_life import takes
from verifier.cli import frost_deciding
from verifier.cli.frost_deciding import VaultDecider
from verifier.desk.group_request import digest_of_request, encode_request
from verifier.errors.frost import VerdictUnproven
from verifier.frost import coordinator, rfc9591, signer
from verifier.frost.charter import COORDINATOR, Index
from verifier.frost.coordinator import Stage
from verifier.frost.envelope import Envelope, Fault
from verifier.frost.evidence import require_proven
from verifier.frost.judge import Crime, Verdict
from verifier.frost.signing import Signing
from verifier.frost.turn import Turn
from verifier.holder.ports import Decision, SigningQuestion
from verifier.model.address import Address
from verifier.model.group_request import GroupRequest, Purpose
from verifier.model.holder_rules import HolderRules
from verifier.model.operation import Call
from verifier.model.text import Shown
from verifier.model.units import ChainId, Wei
from verifier.sign import typed

SHOWN: Final = GroupRequest(
    purpose=Purpose.APPROVE,
    chain_id=ChainId(1),
    vault=VAULT,
    operation=OPERATION,
    publication=PUBLISHED,
)
THIEF: Final = Call(target=Address(bytes.fromhex("66" * 20)), value=Wei(10**24), data=b"")
STOLEN: Final = digest_of_request(replace(SHOWN, operation=replace(OPERATION, calls=(THIEF,))), KEY.point)
"""The digest of an approval that the thief has instead of what it shows."""


# What is shown is harmless, and what would be signed is the digest of something else.


def say_yes_to_what_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the vault be pinned, and the person say yes to the operation, which is really in its lane."""
    pinned = Namespace(pin=b"any", chain=Namespace(chain_id=ChainId(1)))
    yes = Decision(is_yes=True, because=Shown("it is harmless"))
    monkeypatch.setattr(frost_deciding, "choose", lambda _options: pinned)
    monkeypatch.setattr(VaultDecider, "_decide_operation", lambda *_: yes)


def decided(state: signer.Signer, asked: Envelope) -> Turn[signer.Signer]:
    nothing: Any = None
    decider = VaultDecider(options=Namespace(), folder=nothing, keeper=nothing, rules=nothing)
    decision = decider._decide_signing(SigningQuestion(invitation=asked, key=KEY), HolderRules())
    assert isinstance(decision, Decision)
    if not decision.is_yes:
        return signer.decline(state, asked.session, decision.because)
    dice = hashlib.shake_256(asked.session + bytes([state.share.index])).digest(64)
    return signer.consent(state, asked.session, dice=dice)


def have_another_signed() -> Signing:
    request = encode_request(SHOWN)
    turn = coordinator.start_signing(KEY, pen(0), digest=STOLEN, request=request, session=session())
    signing, holders = turn.state, dict[Index, signer.Signer]()
    for index in map(Index, (1, 2, 3)):
        said = decided(ask(index, signing.invitation), signing.invitation)
        holders[index] = said.state
        turn = coordinator.receive(signing, said.sent[0].raw)
        signing = turn.state
    for index, raw in [(index, one.raw) for one in turn.sent for index in one.to]:
        for sent in signer.receive(holders[index], raw).sent:
            signing = coordinator.receive(signing, sent.raw).state
    return signing


def test_another_message__digest_not_made_anew__the_thief_has_its_approval(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    say_yes_to_what_is_shown(monkeypatch)
    monkeypatch.setattr(frost_deciding, "find_forgery", lambda _request, _digest, _point: None)
    signing = have_another_signed()
    assert signing.signature is not None
    assert takes(KEY.point, STOLEN, signing.signature)


def test_another_message__as_it_is__all_decline_and_say_why(monkeypatch: pytest.MonkeyPatch) -> None:
    say_yes_to_what_is_shown(monkeypatch)
    signing = have_another_signed()
    assert signing.stage is Stage.FAILED
    assert signing.signature is None
    assert {one.declined_because for one in signing.excluded.values()} == {
        "the digest that would be signed is not that of what is asked"
    }


# An honest share, shown beside a package that its holder never saw.


def frame() -> Verdict:
    asked = invite()
    states, commitments = three(asked)
    share = signer.receive(states[1], pack(asked, *commitments)).sent[0].raw
    other = pack(asked, *commitments[:2], commit(4, asked)[1])
    return Verdict(culprit=Index(1), crime=Crime.BAD_SHARE, evidence=(asked.raw, other, share))


def test_framed_holder__what_it_saw_not_in_its_hash__an_innocent_is_blamed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The defence is that a share carries the hash of the whole package that it answers; here, of its head."""
    heads = property(lambda one: hashlib.sha256(one.said[:142]).digest())
    monkeypatch.setattr(Envelope, "hash", heads)
    require_proven(frame(), COURT)


def test_framed_holder__as_it_is__not_proven() -> None:
    with pytest.raises(VerdictUnproven):
        require_proven(frame(), COURT)


# A package that names one holder twice, or does not stand in order. Neither gives anything away alone: what is lost is
# that a threshold of different holders said yes, and that the same words always make the same signature.

OUT_OF_ORDER: Final = [(0, 0, 1), (2, 0, 1)]


def pack_out_of_order(places: tuple[int, ...]) -> Turn[signer.Signer]:
    asked = invite()
    states, commitments = three(asked)
    return signer.receive(states[1], pack(asked, *(commitments[place] for place in places)))


class LikeAny:
    """Not different from any list."""

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, _other: object) -> bool:
        return True


@pytest.mark.parametrize("places", OUT_OF_ORDER)
def test_package_out_of_order__order_not_looked_at__two_are_taken_for_three_or_many_for_one(
    monkeypatch: pytest.MonkeyPatch, places: tuple[int, ...]
) -> None:
    monkeypatch.setattr(rfc9591, "sorted", lambda _indexes: LikeAny(), raising=False)
    turn = pack_out_of_order(places)
    assert turn.sent
    assert not turn.verdicts
    # The answer is there, and its nonces are spent.
    (answered,) = turn.state.sessions.values()
    assert answered.stage is signer.Stage.ANSWERED
    quoted: Any = read(answered.package.raw if answered.package else b"").body
    senders = [read(raw).sender for raw in quoted.commitments]
    assert len({*senders}) < KEY.charter.threshold or senders != sorted(senders)


@pytest.mark.parametrize("places", OUT_OF_ORDER)
def test_package_out_of_order__as_it_is__refused_and_the_coordinator_named(places: tuple[int, ...]) -> None:
    turn = pack_out_of_order(places)
    assert not turn.sent
    assert [one.fault for one in turn.rejected] == [Fault.COUNT]
    assert [(v.culprit, v.crime) for v in turn.verdicts] == [(COORDINATOR, Crime.MISQUOTE)]


# What was signed for one vault, on one chain.

ELSEWHERE: Final = {
    "another chain": replace(SHOWN, chain_id=ChainId(10)),
    "another vault": replace(SHOWN, vault=Address(bytes.fromhex("ef" * 20))),
}


def is_taken_at(other: GroupRequest) -> bool:
    """Whether what the holders signed for one vault is an approval in another, by the vault's own rules."""
    signed = run_signing(SHARES, digest_of_request(SHOWN, KEY.point))
    assert takes(KEY.point, digest_of_request(SHOWN, KEY.point), signed.signature)
    return takes(KEY.point, digest_of_request(other, KEY.point), signed.signature)


@pytest.mark.parametrize("other", ELSEWHERE.values(), ids=ELSEWHERE)
def test_replay_elsewhere__digest_without_its_domain__the_thief_has_an_approval_there(
    monkeypatch: pytest.MonkeyPatch, other: GroupRequest
) -> None:
    monkeypatch.setattr(typed, "domain_separator", lambda _chain_id, _vault: bytes(32))
    assert is_taken_at(other)


@pytest.mark.parametrize("other", ELSEWHERE.values(), ids=ELSEWHERE)
def test_replay_elsewhere__as_it_is__not_taken(other: GroupRequest) -> None:
    assert not is_taken_at(other)
