"""What must never be, held against all that the processes of a company ever wrote down and said.

No nonce in two sessions, no second answer in one; every record in its place in the chain; nothing on a line that its
sender had not written down before; one key; of each file the old or the new, whole.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.holders.company import Chair, Company
from verifier.frost.messages import Kind
from verifier.keys.share_sealing import read_share_head
from verifier.model.watching import AuditRecord
from verifier.store.ceremony_records import body_of, read_records
from verifier.store.group_file import read_group_file

_SESSION: Final = slice(40, 72)
_SENDER, _KIND = 72, 73
_ABOUT: Final = slice(74, 138)
"""The digest, and the hash of what was seen."""
_BODY: Final = slice(142, -64)


@dataclass(slots=True)
class Ledger:
    """All that holders of one company ever said while they signed."""

    commitments: dict[tuple[int, bytes], bytes] = field(default_factory=dict)
    points: dict[tuple[int, bytes], bytes] = field(default_factory=dict)
    shares: dict[tuple[int, bytes], bytes] = field(default_factory=dict)

    def enter(self, raws: Iterable[bytes]) -> None:
        """Note what was said; the same envelope may come any number of times.

        :raises AssertionError: a nonce was used twice, or a session answered twice.
        """
        for raw in raws:
            place = raw[_SENDER], raw[_SESSION]
            if raw[_KIND] == Kind.COMMITMENT:
                body = raw[_BODY]
                assert self.commitments.setdefault(place, body) == body, "two commitments in one session"
                for point in (body[:33], body[33:]):
                    found = self.points.setdefault((raw[_SENDER], point), raw[_SESSION])
                    assert found == raw[_SESSION], "one nonce in two sessions"
            if raw[_KIND] == Kind.SIGNATURE_SHARE:
                said = raw[_ABOUT] + raw[_BODY]
                assert self.shares.setdefault(place, said) == said, "one nonce for two answers"


def check_records(company: Company, ledger: Ledger, heard: Iterable[bytes]) -> None:
    """Hold all records of a company against each other.

    :param heard: what holders said besides, on whatever line
    """
    desk = _records(company.desk)
    on_its_way = {bytes.fromhex(one) for one in _raws(desk, "sent")}
    said = set(map(bytes.fromhex, _raws(desk, "received"))) | {*heard}
    for chair in company.chairs:
        own = _records(chair.folder)
        written = {bytes.fromhex(one) for one in _raws(own, "sent")}
        ledger.enter(written)
        assert {raw for raw in said if raw[_SENDER] == chair.index} <= written, "said and not written down"
        assert {bytes.fromhex(one) for one in _raws(own, "received")} <= on_its_way, "asked and not written"
    ledger.enter(said)


def sent_by_desk(company: Company) -> list[tuple[bytes, list[int]]]:
    """Return what a coordinator ever sent, and to whom."""
    bodies = [body_of(one) for one in _records(company.desk) if one.kind == "sent"]
    return [(bytes.fromhex(str(body["raw"])[2:]), _numbers(body["to"])) for body in bodies]


def require_able(company: Company) -> None:
    """Hold what is on the disks, just after something was killed, against the rule: one epoch can sign.

    A share that waits counts where its certificate is kept.
    """
    group = read_group_file(company.desk / "group.toml")
    able: dict[int, set[int]] = {}
    for chair in company.chairs:
        for path in chair.folder.glob("share*.json"):
            epoch = read_share_head(path).epoch
            is_in_use = path.name == "share.json" or (company.desk / f"certificate-{epoch}").exists()
            if is_in_use:
                able.setdefault(epoch, set()).add(chair.index)
    most = max((len(holders) for holders in able.values()), default=0)
    assert most >= group.threshold or not group.commitments, f"no epoch can sign: {able}"


def require_whole(company: Company, point: bytes | None) -> None:
    """Hold all files against what they may be once everything has started again.

    :param point: the key; None before there is one
    """
    for folder in (company.desk, *(chair.folder for chair in company.chairs)):
        left = [path.name for path in folder.iterdir() if path.name.startswith(".")]
        assert not left, f"left over in {folder.name}: {left}"
        group = read_group_file(folder / "group.toml")
        assert not group.commitments or point in (None, group.point), "the key has changed"
        sessions = folder / "sessions"
        assert not sessions.exists() or sessions.stat().st_size % 32 == 0
    epoch = company.desk / "epoch"
    assert not epoch.exists() or epoch.read_text("ascii").strip().isdecimal()


def require_settled(company: Company) -> None:
    """Hold the disks against what they must be once a ceremony has ended well, and everybody was there."""
    group = read_group_file(company.desk / "group.toml")
    members = {holder.index for holder in group.holders}
    for chair in company.chairs:
        if chair.index not in members:
            assert not _epochs(chair), f"holder {chair.index} has left, and has {_epochs(chair)}"
            continue
        assert read_group_file(chair.folder / "group.toml") == group
        epochs = _epochs(chair)
        assert epochs["share.json"] == group.epoch, f"holder {chair.index} uses {epochs}"
        assert min(epochs.values()) == group.epoch, f"holder {chair.index} keeps {epochs}"


def _epochs(chair: Chair) -> dict[str, int]:
    return {path.name: read_share_head(path).epoch for path in chair.folder.glob("share*.json")}


def _records(folder: Path) -> list[AuditRecord]:
    path = folder / "records.jsonl"
    return list(read_records(path)) if path.exists() else []


def _raws(records: list[AuditRecord], kind: str) -> list[str]:
    return [str(body_of(one)["raw"])[2:] for one in records if one.kind == kind]


def _numbers(value: object) -> list[int]:
    return [int(one) for one in value] if isinstance(value, list) else []
