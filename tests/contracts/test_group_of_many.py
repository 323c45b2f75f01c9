"""A whole life of groups whose key is in no one place: made and signing by @noble/curves, t of n, on the chain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pytest
from eth_hash.auto import keccak

from tests.contracts.groups import holder_words, registration
from tests.contracts.scene import HIGH_VALUE_CALL, PAYEE, Scene
from tests.contracts.seated_groups import suspension_digest, veto_digest, withdraw_digest
from tests.frost import noble
from tests.frost.group import Words
from tests.frost.noble import Session, Signed
from tests.frost.reference import lift, word
from tests.stage import DAY, STRANGER, Approval, as_words
from verifier.errors.approvals import ApprovalWithdrawn
from verifier.errors.members import GroupKeyInvalid
from verifier.model.life import Status
from verifier.model.member import MemberStatus

MESSAGE: Final = bytes(32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    """Holders who made a key together, any `threshold` of whom sign."""

    seed: str
    threshold: int
    holders: int
    x: int
    y: int
    # What they signed first, to no purpose.
    trial: Words

    @classmethod
    def of(cls, threshold: int, holders: int) -> Circle:
        seed = f"circle {threshold} of {holders}"
        (signed,) = noble.sign([Session(seed=seed, threshold=threshold, holders=holders, message=MESSAGE)])
        x, prefix, *_ = signed.words
        point = lift(prefix, x)
        assert point is not None
        trial = words_of(signed)
        return cls(seed=seed, threshold=threshold, holders=holders, x=x, y=point[1], trial=trial)

    @property
    def account(self) -> bytes:
        return keccak(word(self.x) + word(self.y))[12:]

    def sign(self, *messages: bytes) -> list[Words]:
        sessions = [
            Session(seed=self.seed, threshold=self.threshold, holders=self.holders, message=message)
            for message in messages
        ]
        answers = noble.sign(sessions)
        assert {each.key for each in answers} == {bytes([2 + self.y % 2]) + word(self.x)}
        return [words_of(answer) for answer in answers]


def words_of(signed: Signed) -> Words:
    return signed.signature[1:33], signed.signature[33:], word(signed.signature[0])


@pytest.fixture(scope="module", params=[(2, 3), (3, 5)], ids=lambda p: f"{p[0]} of {p[1]}")
def circle(request: pytest.FixtureRequest) -> Circle:
    return Circle.of(*request.param)


def test_group_of_many__enters_approves_withdraws_vetoes_and_leaves(scene: Scene, circle: Circle) -> None:
    holders = holder_words(range(500, 500 + circle.holders))
    (signed,) = circle.sign(registration(scene.vault, circle.account, 2, holders))
    proof: Approval = (0, 0, signed)
    arguments = (circle.account, circle.x, circle.y, 2, holders)
    refusal = GroupKeyInvalid(group=circle.account, x=circle.x, y=circle.y)
    bad: Approval = (0, 0, circle.trial)
    scene.refuses(refusal, lambda: scene.change("addGroup", *arguments, as_words(bad)))
    scene.must_change("addGroup", *arguments, as_words(proof))
    scene.chain.set_time(scene.chain.now() + 90 * DAY)

    seat = scene.member(circle.account).seat
    moved, stopped, doubted = (scene.published("ann", [HIGH_VALUE_CALL], nth=nth) for nth in range(3))
    approvals = [
        bytes(scene.read("approvalDigest", scene.id_of(each), scene.publication(each))[0])
        for each in (moved, doubted)
    ]
    words = [veto_digest(scene, stopped), withdraw_digest(scene, doubted), suspension_digest(scene, seat)]
    approval, doubtful, veto, withdrawal, suspension = circle.sign(*approvals, *words)

    # It completes the quorum of a large payment.
    scene.give(moved, "bob", "cat")
    assert scene.status(moved) is Status.PROPOSED
    scene.must(scene.approve(moved, [(seat, scene.publication(moved), approval)]))
    scene.pass_to_ready(moved)
    before = scene.chain.balance(PAYEE)
    scene.must(scene.execute("ann", moved))
    assert scene.chain.balance(PAYEE) - before == HIGH_VALUE_CALL[1]

    # It stops one, and takes back what it said about another.
    scene.must(scene.send(STRANGER, "vetoAsGroup", stopped, as_words((seat, 0, veto))))
    assert scene.status(stopped) is Status.VETOED
    entry: Approval = (seat, scene.publication(doubted), doubtful)
    scene.must(scene.approve(doubted, [entry]))
    scene.must(scene.send(STRANGER, "withdrawAsGroup", doubted, as_words((seat, 0, withdrawal))))
    scene.refuses(ApprovalWithdrawn(seat=seat), lambda: scene.approve(doubted, [entry]))

    # And it takes itself out.
    scene.must(scene.send(STRANGER, "suspendAsGroup", as_words((seat, 0, suspension))))
    assert scene.member(circle.account).status is MemberStatus.SELF_SUSPENDED
