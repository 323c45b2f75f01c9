"""The handbook's journeys, with its own files of calls: garden leave to its end, and a stolen key to a new one."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tests.cli.council import Council, signed
from tests.stage import Actor
from verifier.model.address import Address
from verifier.model.life import Status
from verifier.model.member import MemberStatus, Role

CALLS: Final = Path(__file__).parents[2] / "docs" / "examples" / "calls"
# The addresses that stand for the reader's own.
VAULT: Final = "0x5FbDB2315678afecb367f032d93F642f64180aa3"
MEMBER: Final = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
SUCCESSOR: Final = "0x90F79bf6EB2c4f870365E785982E1f101E93b906"
_READ: Final = ("--i-read", "vault-member-removed")


def test_garden_leave__as_the_handbook_has_it__out_at_once_and_then_for_good(
    council: Council, tmp_path: Path
) -> None:
    council["gus"].must("suspend", "1")
    bob = council.stage.address("bob")
    assert council.stage.member("bob").status is MemberStatus.SUSPENDED
    carry_out(council, fill(tmp_path, "confirm-suspension.toml", council, member=bob), lane=0)
    assert council.stage.member("bob").status is MemberStatus.CONFIRMED
    carry_out(council, fill(tmp_path, "remove-member.toml", council, member=bob), lane=1)
    assert council.stage.member("bob").status is MemberStatus.REMOVED


def test_stolen_key__as_the_handbook_has_it__suspended_by_its_owner_and_replaced(
    council: Council, tmp_path: Path
) -> None:
    council["bob"].must("suspend", "self")
    bob, new = council.stage.address("bob"), Actor.new("bob on a new device", Role.APPROVER, person=2)
    assert council.stage.member("bob").status is MemberStatus.SELF_SUSPENDED
    file = fill(tmp_path, "replace-member.toml", council, member=bob, successor=new.address)
    file.write_text(file.read_text().replace('"9"', '"2"'))  # bob's number
    carry_out(council, file, lane=0)
    record = council.stage.member(new.address)
    assert (record.person, record.roles) == (2, Role.APPROVER | Role.BREAK_GLASS)
    assert council.stage.member("bob").status is MemberStatus.REMOVED


def fill(folder: Path, name: str, council: Council, *, member: bytes, successor: bytes = b"") -> Path:
    """Return a copy of one of the handbook's files, with the addresses of this vault and of its people."""
    text = (CALLS / name).read_text("utf-8")
    for stands, own in ((VAULT, council.stage.vault), (MEMBER, member), (SUCCESSOR, successor)):
        if own:
            assert stands in text, (name, stands)
            text = text.replace(stands, str(Address(own)))
    copy = folder / name
    copy.write_text(text, "utf-8")
    return copy


def carry_out(council: Council, file: Path, *, lane: int) -> None:
    """Publish, approve, wait and execute, as the handbook says: a seat operation by anybody but its subject."""
    council["ann"].must("propose", str(file), "--lane", str(lane), *_READ)
    approvals = signed(council, "cid", "dot", "eve", lane=lane)
    council["eve"].must("submit", *approvals)
    for approval in approvals:
        Path(approval).unlink()
    assert council.status(lane) is Status.WAITING
    council.chain.set_time(council.lane(lane)[1].moment)
    council["ann"].must("execute", str(lane))
    assert council.status(lane) is Status.EXECUTED
