"""Signing: read anew each time, for what was read and for nothing else; and nothing comes of it if anything is odd."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.desk.fakes import (
    DAY,
    NOW,
    PUBLICATION,
    VAULT,
    group,
    head,
    lane_of,
    member,
    operation,
    transfer,
)
from tests.desk.signers import CODE, ONE, Desk, SoftKey, address_with_key, keyed_members, signature_of
from verifier.desk.signing import (
    Acknowledgement,
    acknowledgements_for,
    finish_signing,
    open_signing,
    require_acknowledged,
)
from verifier.errors import (
    ActionImpossible,
    DangerUnread,
    EvidenceDisputed,
    FourthSignerError,
    KeyOfOther,
    ReviewChanged,
    SignatureOfOther,
)
from verifier.model.address import Address
from verifier.model.evidence import Evidence
from verifier.model.finding import Finding, Severity
from verifier.model.life import Status
from verifier.model.member import MemberStatus, Role
from verifier.model.message import MessageKind
from verifier.model.operation import Publication
from verifier.model.text import Shown
from verifier.model.tier import Tier
from verifier.model.units import BlockNumber, MemberIndex, Timestamp
from verifier.sign.typed import approve_digest, expedite_digest, id_of
from verifier.store.memory import FileMemory

APPROVE, EXPEDITE = MessageKind.APPROVE, MessageKind.EXPEDITE


def danger(said: str, rule: str = "some-danger") -> Finding:
    return Finding(rule=rule, severity=Severity.DANGER, sentence=Shown(said), evidence=Evidence.PROVEN)


# ------------------------------------------------------------------------------------------------------------ honest


def test_signing__nothing_changed__the_members_signature_of_what_was_read() -> None:
    desk, key = Desk(), SoftKey(4)
    seen = desk.brief()
    signing = open_signing(desk.brief, APPROVE, seen=seen)
    assert signing.changes == ()
    file = finish_signing(signing, desk.brief, key, typed=typed_for(signing.acknowledgements))
    digest = approve_digest(id_of(ONE), PUBLICATION, chain_id=file.chain_id, vault=VAULT)
    assert signing.message.digest == signing.review.hashes.digest == digest
    assert file.approval.signature == signature_of(4, digest)
    assert (file.member, file.approval.seat, file.approval.publication) == (
        address_with_key(4),
        4,
        PUBLICATION,
    )
    assert (file.operation_id, file.lane, file.sequence) == (id_of(ONE), ONE.lane, ONE.sequence)
    assert file.ready_at is None
    # On opening, and right before the key signs.
    assert desk.looks == 3


def test_signing__consent_to_hurry__signs_the_moment_that_is_brought_nearer() -> None:
    breaking = {
        **keyed_members(),
        3: replace(member(3, Role.APPROVER | Role.BREAK_GLASS), address=address_with_key(3)),
    }
    desk = Desk(members=breaking, lane=lane_of(ONE, 1, 2, 3, tier=Tier.STANDARD, moment=NOW + 3 * DAY))
    signing = open_signing(desk.brief, EXPEDITE)
    file = finish_signing(signing, desk.brief, SoftKey(4), typed=typed_for(signing.acknowledgements))
    ready_at = Timestamp(NOW + 3 * DAY)
    digest = expedite_digest(id_of(ONE), PUBLICATION, ready_at, chain_id=file.chain_id, vault=VAULT)
    assert (file.kind, file.ready_at) == (EXPEDITE, ready_at)
    assert file.approval.signature == signature_of(4, digest)


def test_signing__what_it_touches__is_remembered_as_of_the_signing(tmp_path: Path) -> None:
    memory = FileMemory(tmp_path / "memory")
    desk = Desk()
    signing = open_signing(desk.brief, APPROVE)
    assert memory.history(signing.message.chain_id, VAULT).touched_at_signing == {}
    finish_signing(signing, desk.brief, SoftKey(4), typed=typed_for(signing.acknowledgements), memory=memory)
    history = memory.history(signing.message.chain_id, VAULT)
    assert history.touched_at_signing == {id_of(ONE): (CODE,)}


def typed_for(acknowledgements: tuple[Acknowledgement, ...]) -> list[str]:
    return [each.phrase for each in acknowledgements]


# ----------------------------------------------------------------------------------------------------------- changes


def put_another(desk: Desk) -> None:
    desk.subject = operation(transfer(amount=41))
    desk.lane = lane_of(desk.subject, 1, status=Status.PROPOSED, tier=Tier.STANDARD)


CHANGES: dict[str, tuple[Callable[[Desk], None], str]] = {
    "another operation": (
        put_another,
        "Another operation stands in the lane now",
    ),
    "published elsewhere": (
        lambda desk: desk.state(publication=Publication(block=BlockNumber(91), parent=1)),
        "the chain was rewritten",
    ),
    "somebody approved": (
        lambda desk: desk.state(approvals=frozenset({MemberIndex(1), MemberIndex(2)})),
        "Seat 2 approved",
    ),
    "somebody withdrew": (lambda desk: desk.state(approvals=frozenset()), "The approval of seat 1 is gone"),
    "higher tier": (lambda desk: desk.state(tier=Tier.CUSTODY), "Its tier is CUSTODY"),
    "other code": (
        lambda desk: setattr(desk, "touched", (replace(CODE, code_hash=b"\x02" * 32),)),
        "is another one than before",
    ),
    "other implementation": (
        lambda desk: setattr(desk, "touched", (replace(CODE, implementation=Address(b"\xdd" * 20)),)),
        "is another one than before",
    ),
    "more code": (
        lambda desk: setattr(desk, "touched", (CODE, replace(CODE, address=Address(b"\xce" * 20)))),
        "and did not before",
    ),
    "weaker evidence": (
        lambda desk: setattr(desk, "block", head(evidence=Evidence.CLAIMED)),
        "The block is only claimed now",
    ),
    "late": (
        lambda desk: setattr(desk, "block", head(timestamp=NOW - 3_600)),
        "The newest block is 1 hour old",
    ),
}


@pytest.mark.parametrize(("change", "said"), CHANGES.values(), ids=CHANGES)
def test_open__something_changed_since_it_was_read__says_what_and_cannot_be_finished(
    change: Callable[[Desk], None], said: str
) -> None:
    desk, key = Desk(), SoftKey(4)
    seen = desk.brief()
    change(desk)
    signing = open_signing(desk.brief, APPROVE, seen=seen)
    assert any(said in each for each in signing.changes), signing.changes
    with pytest.raises(ReviewChanged, match="nothing was signed"):
        finish_signing(signing, desk.brief, key, typed=typed_for(signing.acknowledgements))
    assert key.signed == []
    # Read again, it is as it was read, and is signed.
    again = open_signing(desk.brief, APPROVE, seen=signing.briefing)
    assert again.changes == ()
    finish_signing(again, desk.brief, key, typed=typed_for(again.acknowledgements))
    assert len(key.signed) == 1


@pytest.mark.parametrize(("change", "said"), CHANGES.values(), ids=CHANGES)
def test_finish__something_changed_while_it_was_open__refused_before_the_key_is_asked(
    change: Callable[[Desk], None], said: str
) -> None:
    desk, key = Desk(), SoftKey(4)
    signing = open_signing(desk.brief, APPROVE)
    change(desk)
    with pytest.raises(ReviewChanged) as refused:
        finish_signing(signing, desk.brief, key, typed=typed_for(signing.acknowledgements))
    assert said in str(refused.value)
    assert key.signed == []


def test_finish__only_time_passed__signed() -> None:
    desk, key = Desk(), SoftKey(4)
    signing = open_signing(desk.brief, APPROVE)
    desk.block = replace(head(timestamp=NOW + 60), number=BlockNumber(105), hash=b"\x12" * 32)
    finish_signing(signing, desk.brief, key, typed=typed_for(signing.acknowledgements))
    assert len(key.signed) == 1


def test_finish__vetoed_meanwhile__impossible_or_changed_but_not_signed() -> None:
    desk, key = Desk(), SoftKey(4)
    signing = open_signing(desk.brief, APPROVE)
    desk.state(status=Status.VETOED)
    with pytest.raises(FourthSignerError):
        finish_signing(signing, desk.brief, key, typed=typed_for(signing.acknowledgements))
    assert key.signed == []


def test_finish__node_is_gone__nothing_signed() -> None:
    desk, key = Desk(), SoftKey(4)
    signing = open_signing(desk.brief, APPROVE)

    def gone() -> object:
        raise EvidenceDisputed(endpoints=("one.example",))

    with pytest.raises(EvidenceDisputed):
        finish_signing(signing, gone, key, typed=typed_for(signing.acknowledgements))  # type: ignore[arg-type]
    assert key.signed == []


# ------------------------------------------------------------------------------------------------------- impossible


@pytest.mark.parametrize(
    ("desk", "said"),
    [
        (Desk(seat=1), "You have approved it"),
        (Desk(seat=0), "published it"),
        (Desk(seat=5), "You are no approver"),
        (Desk(has_bytes=False), "Nobody gives its bytes"),
        (Desk(lane=lane_of(ONE, 1, status=Status.VETOED)), "It is VETOED"),
        (Desk(lane=lane_of(ONE, 1, status=Status.PROPOSED, moment=NOW - 1)), "It is EXPIRED"),
        (Desk(members={**keyed_members(), 4: member(4)}), "Seat 4 is not yours any more"),
        (
            Desk(members={**keyed_members(), 4: replace(group(4, 70, 71), address=address_with_key(4))}),
            "A group signs by FROST",
        ),
        (
            Desk(
                members={
                    **keyed_members(),
                    4: replace(member(4, status=MemberStatus.SUSPENDED), address=address_with_key(4)),
                }
            ),
            "suspended by a guardian",
        ),
    ],
)
def test_open__what_the_vault_would_not_count__impossible(desk: Desk, said: str) -> None:
    with pytest.raises(ActionImpossible, match=said):
        open_signing(desk.brief, APPROVE)


def test_open__endpoint_that_dissents__stops_and_is_named() -> None:
    desk = Desk(block=replace(head(), dissenting=("bad.example",)))
    with pytest.raises(EvidenceDisputed, match=r"bad\.example"):
        open_signing(desk.brief, APPROVE)
    open_signing(Desk(block=replace(head(), silent=("slow.example",))).brief, APPROVE)


# ------------------------------------------------------------------------------------------------------------- keys


def test_finish__key_of_another_member__refused_unused() -> None:
    desk, key = Desk(), SoftKey(3)
    signing = open_signing(desk.brief, APPROVE)
    with pytest.raises(KeyOfOther):
        finish_signing(signing, desk.brief, key, typed=typed_for(signing.acknowledgements))
    assert key.signed == []


def test_finish__holder_gives_back_something_else__refused() -> None:
    desk, key = Desk(), SoftKey(4, lies_as=3)
    signing = open_signing(desk.brief, APPROVE)
    with pytest.raises(SignatureOfOther):
        finish_signing(signing, desk.brief, key, typed=typed_for(signing.acknowledgements))


# ------------------------------------------------------------------------------------------------- acknowledgements


def test_finish__danger_that_nobody_typed__refused_and_signed_once_it_is() -> None:
    # Bytes that are no call of the token: danger by the encoding alone.
    hidden = operation(replace(transfer(), data=transfer().data[:35] + b"\x01" + transfer().data[36:-1]))
    desk, key = (
        Desk(subject=hidden, lane=lane_of(hidden, 1, status=Status.PROPOSED, tier=Tier.STANDARD)),
        SoftKey(4),
    )
    signing = open_signing(desk.brief, APPROVE)
    assert signing.acknowledgements
    for typed in ([], [""], ["yes"], ["\n"]):
        with pytest.raises(DangerUnread):
            finish_signing(signing, desk.brief, key, typed=typed)
    assert key.signed == []
    finish_signing(signing, desk.brief, key, typed=typed_for(signing.acknowledgements))
    assert len(key.signed) == 1


def test_acknowledgement__about_an_address__its_last_digits_in_any_case() -> None:
    address = Address(bytes.fromhex("5fbdb2315678afecb367f032d93f642f64180aa3"))
    (needed,) = acknowledgements_for([danger(f"{address} may spend everything.")])
    assert needed.phrase.lower() == "64180aa3"
    for typed in (needed.phrase, "64180aa3", " 64180AA3 ", "some-danger"):
        assert needed.is_given_by(typed)
    for typed in ("", " ", "64180aa", "0x64180aa3", "yes"):
        assert not needed.is_given_by(typed)


def test_acknowledgement__about_no_address__the_name_of_the_rule() -> None:
    (needed,) = acknowledgements_for([danger("The bytes are missing.", rule="operation-bytes-missing")])
    assert needed.phrase == "operation-bytes-missing"


def test_acknowledgements__findings_below_danger__none() -> None:
    found = [replace(danger("x"), severity=severity) for severity in Severity if severity < Severity.DANGER]
    assert acknowledgements_for(found) == ()


def test_require_acknowledged__each_danger_by_itself() -> None:
    needed = acknowledgements_for([danger("One.", rule="one"), danger("Two.", rule="two")])
    require_acknowledged(needed, ["two", "one"])
    with pytest.raises(DangerUnread, match="--i-read two"):
        require_acknowledged(needed, ["one"])
