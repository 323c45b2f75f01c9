"""Coming back into the vault, or into a companion, from a token, a recipient, or a registry of the thief's."""

from __future__ import annotations

from typing import Final

import pytest

from tests.anvil import Anvil
from tests.attacks import mocks
from tests.attacks.mocks import TRUE
from tests.contracts.bypasses import book_of
from tests.contracts.hurry import consents_of, expedite, hurry_scene
from tests.contracts.scene import HIGH_VALUE_CALL, PAYEE, STANDARD_CALL, Scene, data_of_error, world_of
from tests.contracts.seated_groups import OWLS, approval_by, seat_group, suspension_by, veto_by, withdrawal_by
from tests.stage import STRANGER, Call, as_words, call, data_of
from verifier.errors.bypasses import BypassReviewerUnfit
from verifier.errors.members import MemberDutiesConflict
from verifier.errors.operations import Busy
from verifier.model.life import Status
from verifier.model.member import Role

BUSY: Final = data_of_error(Busy())


def attempts_of(scene: Scene, account: bytes) -> list[tuple[bool, bytes]]:
    return [(ok, bytes(answer)) for ok, answer in mocks.read(scene.chain, "Intruder", account, "attempts")]


def plan(scene: Scene, account: bytes, target: bytes, *calls: bytes, answer: bytes = TRUE) -> None:
    data = mocks.data_of("Intruder", "plan", target, list(calls), answer)
    scene.must(scene.chain.send(PAYEE, account, data))


@pytest.mark.parametrize("hook", ["native", "token"])
def test_execute__called_hurries_vetoes_and_suspends_from_inside__finds_the_lock(
    anvil: Anvil, hook: str
) -> None:
    """Anybody may send what others signed. So a token could send it in the middle of an execution, when nobody expects
    the vault to change."""
    scene = hurry_scene(anvil)
    seat_group(scene)
    scene.chain.mine()
    intruder = mocks.deploy(anvil, "Intruder")
    way_in = call(to=intruder, value=1) if hook == "native" else token_call_to(scene, intruder)
    entrance = scene.waiting("ann", [way_in])
    scene.pass_to_ready(entrance)
    other = scene.waiting("bob", [HIGH_VALUE_CALL], "ann", "cat", "dan")
    consents = consents_of(scene, other, "cat", "dan", "eve", "fay")
    standard = scene.waiting("bob", [STANDARD_CALL], "cat", "dan", "eve", nth=1)
    calls = [
        data_of("expedite", other, [as_words(entry) for entry in consents]),
        data_of("vetoAsGroup", standard, veto_by(scene, OWLS, standard)),
        data_of("suspendAsGroup", suspension_by(scene, OWLS)),
    ]
    plan(scene, intruder, scene.vault, *calls)
    scene.must(scene.execute("eve", entrance))
    assert set(attempts_of(scene, intruder)) == {(False, BUSY)}
    assert (scene.status(other), scene.status(standard)) == (Status.WAITING, Status.WAITING)
    assert scene.member(OWLS.account).is_active
    # The neighbour: the same bytes with nobody inside.
    plan(scene, intruder, scene.vault, *calls)
    scene.must(scene.chain.send(PAYEE, intruder, mocks.data_of("Intruder", "run")))
    assert [ok for ok, _ in attempts_of(scene, intruder)] == [True] * 3
    assert scene.status(standard) is Status.VETOED


def token_call_to(scene: Scene, intruder: bytes) -> Call:
    """Return a transfer of a token that tells the intruder about it."""
    token = mocks.deploy(scene.chain, "HookedToken", intruder)
    scene.must(scene.chain.send(PAYEE, token, mocks.data_of("HookedToken", "mint", scene.vault, 5)))
    return call(to=token, data=mocks.data_of("HookedToken", "transfer", PAYEE, 5))


def test_withdraw_as_group__from_inside_an_execution__finds_the_lock(anvil: Anvil) -> None:
    """It would take the very approval back by which the execution is allowed."""
    scene = hurry_scene(anvil)
    seat_group(scene)
    scene.chain.mine()
    intruder = mocks.deploy(anvil, "Intruder")
    entrance = scene.waiting("ann", [call(to=intruder, value=1)])
    other = scene.published("bob", [STANDARD_CALL])
    scene.must(scene.approve(other, [approval_by(scene, OWLS, other)]))
    plan(scene, intruder, scene.vault, data_of("withdrawAsGroup", other, withdrawal_by(scene, OWLS, other)))
    scene.pass_to_ready(entrance)
    scene.must(scene.execute("eve", entrance))
    assert attempts_of(scene, intruder) == [(False, BUSY)]
    assert scene.member(OWLS.account).seat in scene.lane(other[1])[1].approvals


def test_review__from_inside_an_execution_by_one_who_is_no_auditor__is_refused(anvil: Anvil) -> None:
    """The ledger has no lock, and needs none: it asks the vault who the caller is, and changes nothing of the vault."""
    scene = hurry_scene(anvil)
    book = book_of(scene)
    first = scene.waiting("bob", [STANDARD_CALL], "ann", "cat", "dan")
    scene.must(expedite(scene, first, consents_of(scene, first, "ann", "cat", "dan")))
    intruder = mocks.deploy(anvil, "Intruder")
    review = book.ledger.data_of("review", scene.vault, 0, bytes(32), True)
    record = book.ledger.data_of("record", bytes(32), 0, 0, 0)
    plan(scene, intruder, book.ledger.address, review, record)
    scene.must(scene.execute("eve", scene.ready("ann", [call(to=intruder, value=1)])))
    refusal = book.ledger.data_of_error(BypassReviewerUnfit(vault=scene.vault, reviewer=intruder))
    attempts = attempts_of(scene, intruder)
    assert attempts[0] == (False, refusal)
    # What it recorded is a bypass of its own, in a book that nobody reads.
    assert attempts[1][0]
    assert book.terms().count == 1
    book.must_review("amy", 0)


# ---------------------------------------------------------------------------------------- A registry of the thief's


@pytest.fixture
def spy(scene: Scene) -> bytes:
    """A registry that answers with no duty, after it did what it was told."""
    intruder = mocks.deploy(scene.chain, "Intruder")
    plan(scene, intruder, scene.vault, answer=bytes(32))
    return intruder


def test_registry__that_acts_when_it_is_asked__cannot(scene: Scene, spy: bytes) -> None:
    """It is asked by STATICCALL: neither it nor anything that it calls can write a word."""
    scene.must_change("setRegistry", spy)
    scene.newcomer("fay")
    plan(
        scene, spy, scene.vault, data_of("suspend", scene.address("eve")), data_of("lapse", STRANGER),
        answer=bytes(32),
    )  # fmt: skip
    before = world_of(scene.chain)
    gil = (STRANGER, 901, int(Role.APPROVER), scene.member("eve").attributes.pack())
    outcome = scene.change("addMember", *gil)
    assert (outcome.succeeded, outcome.revert_data) == (False, b"")
    assert world_of(scene.chain) == before
    # Nobody needs it: whoever is no approver enters, and another registry may be set.
    scene.must_change("addMember", *gil[:2], int(Role.AUDITOR), gil[3])
    scene.must_change("setRegistry", bytes(20))
    scene.newcomer("fox")


def test_registry__that_lies_about_duties__keeps_people_out_and_lets_nobody_in(
    scene: Scene, spy: bytes
) -> None:
    """The worst that a bad registry can do: no approver comes back. Vetoes, suspensions and removals do not ask it."""
    scene.must_change("setRegistry", spy)
    scene.must(scene.send("gus", "suspend", scene.address("eve")))
    plan(scene, spy, scene.vault, answer=(1).to_bytes(32, "big"))
    conflict = MemberDutiesConflict(person=scene.actors["eve"].person, duties=1)
    scene.refuses(conflict, lambda: scene.change("reinstateMember", scene.address("eve")))
    operation = scene.waiting("ann", [STANDARD_CALL])
    scene.must(scene.send("eve", "veto", operation[1], scene.id_of(operation)))
    scene.must_change("confirmSuspension", scene.address("eve"))
    scene.must_change("setRegistry", bytes(20))
    scene.must_change("reinstateMember", scene.address("eve"))
