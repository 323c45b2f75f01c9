"""Who took part in a bypass: the publisher, the approvers, those who consented, and whoever is behind a group."""

from __future__ import annotations

import pytest

from tests.anvil import Anvil
from tests.companions import deployed
from tests.contracts.hurry import (
    hurried,
    hurry_scene,
    seats_of,
)
from tests.contracts.scene import STANDARD_CALL, Scene
from verifier.model.bypass import BypassRecord
from verifier.model.units import LaneIndex, Timestamp


@pytest.fixture
def scene(anvil: Anvil) -> Scene:
    return hurry_scene(anvil)


def test_expedite__of_what_waits__is_recorded_with_everyone_who_took_part(scene: Scene) -> None:
    """Publisher, approvers and those who consented; nobody else, though eve might have been asked."""
    ledger = deployed(scene.chain, "bypass_ledger")
    operation = scene.waiting("ann", [STANDARD_CALL], "bob", "cat", "fox")
    former = scene.lane(operation[1])[1].moment
    hurried(scene, operation, "bob", "cat", "dan")
    operation_id, word, findings = ledger.read("bypassOf", scene.vault, 0)
    assert (operation_id, findings) == (scene.id_of(operation), bytes(32))
    took_part = {"ann", "bob", "cat", "fox", "dan"}
    assert BypassRecord.unpack(word) == BypassRecord(
        at=Timestamp(scene.chain.now()),
        former_ready_at=former,
        lane=LaneIndex(operation[1]),
        seats=frozenset(scene.member(who).seat for who in took_part),
    )
    for name, actor in scene.actors.items():
        assert ledger.read("tookPart", scene.vault, 0, actor.person) == (name in took_part), name


def test_expedite__with_an_approval_withdrawn_before__keeps_that_one_out(scene: Scene) -> None:
    ledger = deployed(scene.chain, "bypass_ledger")
    operation = scene.waiting("ann", [STANDARD_CALL], "bob", "cat", "dan", "fox")
    scene.must(scene.send("fox", "withdraw", operation))
    hurried(scene, operation, "bob", "cat", "dan")
    seats = seats_of(scene, "ann", "bob", "cat", "dan")
    assert ledger.read("bypassOf", scene.vault, 0)[1] >> 96 & 2**64 - 1 == seats
    assert not ledger.read("tookPart", scene.vault, 0, scene.actors["fox"].person)
