"""Every word of a group, said by holders that are processes of their own, and heard by a vault; and not heard by it
twice, nor later, nor by another vault.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from tests.anvil import Anvil, Outcome
from tests.holders.company import Company, rules
from tests.holders.terminal import Terminal
from tests.holders.test_member import PAYROLL, RULES, THIEF, Seated, data_in, forget, seating
from tests.stage import ETHER, STRANGER, Operation, Stage, call
from verifier.errors.approvals import ApprovalMissing, ApprovalSignerUnexpected
from verifier.errors.revert import from_revert
from verifier.model.address import Address
from verifier.model.approval_file import ApprovalFile
from verifier.model.life import Status
from verifier.model.member import MemberStatus
from verifier.model.message import MessageKind
from verifier.model.operation import Approval, Signature
from verifier.model.units import MemberIndex
from verifier.sign.typed import digest_of, expedite_hash
from verifier.store.approval_file import read_approval_file, write_approval_file

TWIN: Final = bytes.fromhex("7e1a" * 10)


@pytest.fixture(scope="module")
def seated(lent: Company, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seated]:
    """Two of the three holders are there, each in a process of its own."""
    with seating(lent, tmp_path_factory.mktemp("registered")) as found:
        try:
            for index in (1, 2):
                lent.start(index)
            yield found
        finally:
            lent.end()


@pytest.fixture(autouse=True)
def _alone(seated: Seated) -> Iterator[None]:
    with seated.chain.isolate():
        yield
    forget(seated)


def twin_of(stage: Stage) -> Stage:
    """Return a second vault that differs from the first only in where it is: members, lanes and epoch are the same."""
    chain: Anvil = stage.chain
    dumped = json.loads(gzip.decompress(bytes.fromhex(chain.rpc("anvil_dumpState").removeprefix("0x"))))
    words = dumped["accounts"]["0x" + stage.vault.hex()]["storage"]
    chain.set_code(TWIN, chain.code(stage.vault))
    for slot, word in words.items():
        slot32 = "0x" + slot.removeprefix("0x").rjust(64, "0")
        chain.rpc(
            "anvil_setStorageAt", ["0x" + TWIN.hex(), slot32, "0x" + word.removeprefix("0x").rjust(64, "0")]
        )
    return replace(stage, vault=TWIN)


def send(stage: Stage, data: bytes) -> Outcome:
    """Send a group's word, as anybody may."""
    return stage.chain.send(STRANGER, stage.vault, data)


def refused(outcome: Outcome) -> object:
    assert not outcome.succeeded
    return from_revert(outcome.revert_data)


def proposed(seated: Seated, value: int = ETHER // 2, to: bytes = PAYROLL) -> Operation:
    stage = seated.stage
    operation = stage.operation("ann", [call(to=to, value=value)])
    stage.must(stage.propose("ann", operation))
    return operation


def say(seated: Seated, *words: str) -> bytes:
    return bytes.fromhex(data_in(seated.company.must("say", str(seated.company.desk), *words, "--data").out))


def sign(seated: Seated, operation: Operation, path: Path, *more: str) -> ApprovalFile:
    seated.company.must("sign", str(seated.company.desk), str(operation[1]), "--output", str(path), *more)
    return read_approval_file(path)


def submitted(seated: Seated, *paths: Path) -> bytes:
    ran = seated.company.home.call("submit", *map(str, paths), "--data")
    assert ran.code == 0, ran
    return bytes.fromhex(data_in(ran.out))


# -------------------------------------------------------------------------------------------------------------- veto


def test_veto__by_the_group__ends_the_operation_and_neither_its_successor_nor_a_twin(seated: Seated) -> None:
    stage = seated.stage
    theft = proposed(seated, to=THIEF)
    data = say(seated, "veto", str(theft[1]))
    twin = twin_of(stage)
    assert isinstance(refused(send(twin, data)), ApprovalSignerUnexpected)
    assert twin.status(theft) is Status.PROPOSED
    # The twin would stop it, if its own members said so.
    with seated.chain.isolate():
        stage.must(twin.send("cid", "veto", theft[1], twin.id_of(theft)))
    stage.must(send(stage, data))
    assert stage.status(theft) is Status.VETOED
    later = proposed(seated, to=THIEF)
    assert not send(stage, data).succeeded
    assert stage.status(later) is Status.PROPOSED


# ---------------------------------------------------------------------------------------------------------- withdraw


def test_withdraw__the_groups_approval__counts_no_more_and_is_not_taken_back_twice_or_elsewhere(
    seated: Seated, tmp_path: Path
) -> None:
    stage = seated.stage
    payment = proposed(seated)
    file = sign(seated, payment, tmp_path / "group.approval")
    seat = file.approval.seat
    stage.must(send(stage, submitted(seated, tmp_path / "group.approval")))
    assert seat in stage.lane(payment[1])[1].approvals
    forget(seated)
    data = say(seated, "withdraw", str(payment[1]))
    twin = twin_of(stage)
    assert isinstance(refused(send(twin, data)), ApprovalSignerUnexpected)
    assert seat in twin.lane(payment[1])[1].approvals
    stage.must(send(stage, data))
    assert seat not in stage.lane(payment[1])[1].approvals
    assert isinstance(refused(send(stage, data)), ApprovalMissing)
    # Nor does an approval that is lying about bring it back.
    assert stage.status(payment) is Status.PROPOSED


# ----------------------------------------------------------------------------------------------------------- suspend


def test_suspend__the_group_itself__out_at_once_and_neither_later_nor_elsewhere(seated: Seated) -> None:
    stage = seated.stage
    data = say(seated, "suspend")
    twin = twin_of(stage)
    assert isinstance(refused(send(twin, data)), ApprovalSignerUnexpected)
    assert twin.member(seated.group).status is MemberStatus.ACTIVE
    with seated.chain.isolate():
        # The roster moves on: what was signed is for an epoch that is over.
        stage.must(stage.send("eve", "suspend", stage.address("eve")))
        assert isinstance(refused(send(stage, data)), ApprovalSignerUnexpected)
        assert stage.member(seated.group).status is MemberStatus.ACTIVE
    stage.must(send(stage, data))
    assert stage.member(seated.group).status is MemberStatus.SELF_SUSPENDED


# ---------------------------------------------------------------------------------------------------------- expedite


def consent_of(stage: Stage, who: str, operation: Operation, path: Path, group: ApprovalFile) -> Path:
    """Return the file of a member's own consent, for what the group consented to."""
    ready_at = group.ready_at
    assert ready_at is not None
    publication = stage.lane(operation[1])[1].publication
    struct = expedite_hash(group.operation_id, publication, ready_at)
    r, s, v = stage.actors[who].sign(digest_of(struct, chain_id=group.chain_id, vault=group.vault))
    approval = Approval(
        seat=MemberIndex(stage.seat(who)),
        publication=publication,
        signature=Signature(r=r, s=s, v=v[-1]),
    )
    write_approval_file(path, replace(group, member=Address(stage.address(who)), approval=approval))
    return path


def test_expedite__two_persons_of_the_group_say_yes__the_clock_is_nearer_once_and_in_one_vault(
    seated: Seated, tmp_path: Path
) -> None:
    """Consent to hurry is never given by rules: both holders ask their persons."""
    stage, company = seated.stage, seated.company
    payment = proposed(seated, 2 * ETHER)
    stage.must(stage.approve(payment, [stage.sign_published(who, payment) for who in ("bob", "cid", "dot")]))
    before = stage.lane(payment[1])[1].moment
    for index in (1, 2):
        company.leave(index)
        rules(company.chairs[index - 1], RULES.replace('"refuse"', '"ask"'))
    screens = [
        Terminal(company, index, "frost", "join", str(chair.folder), "--plain", *chair.opening, variables={})
        for index, chair in ((1, company.chairs[0]), (2, company.chairs[1]))
    ]
    path = tmp_path / "group.consent"
    try:
        for screen in screens:
            screen.wait_for("Ctrl-C stops")
        lane, output = str(payment[1]), ("--output", str(path))
        signing = company.convene("sign", str(company.desk), lane, "--for", "expedite", *output)
        for screen in screens:
            screen.wait_for(r"Go on with the group's consent to hurry lane 0\? \[y/N\] ")
            screen.type("y")
        assert signing.wait() == 0, signing.text
    finally:
        for screen in screens:
            screen.end()
        for index in (1, 2):
            rules(company.chairs[index - 1], RULES)
            company.start(index)
    group = read_approval_file(path)
    assert (group.kind, group.ready_at) == (MessageKind.EXPEDITE, before)
    others = [consent_of(stage, who, payment, tmp_path / f"{who}.consent", group) for who in ("bob", "dot")]
    forget(seated)
    data = submitted(seated, path, *others)
    twin = twin_of(stage)
    assert isinstance(refused(send(twin, data)), ApprovalSignerUnexpected)
    assert twin.lane(payment[1])[1].moment == before
    stage.must(send(stage, data))
    hurried = stage.lane(payment[1])[1].moment
    assert hurried < before
    # What was consented to is done: the same consents bring it no nearer.
    seated.chain.set_time(hurried - 60 * 60)
    assert not send(stage, data).succeeded
    assert stage.lane(payment[1])[1].moment == hurried
