"""A group that has lived: its records hold every kind of message and of record, honest and not.

    lived = live(folder)
    lived.desk, lived.holder(1)      the records of the coordinator, and of a holder

A key is made; somebody lies and somebody declines while the group signs; shares are refreshed, dealt to others, and one
is repaired; a dealing and a repair are brought to nothing by a liar; nobody answers. By the real programs, over HTTPS.
"""

from __future__ import annotations

import threading
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.holders.company import PATIENCE, Company, Told
from tests.holders.saboteur import Liar
from verifier.cli import frost_joining
from verifier.cli.frost_convening import Watching, convene, require_key
from verifier.desk.group_request import digest_of_request, encode_request
from verifier.errors import CeremonyFailed
from verifier.frost.dealing_messages import SubShares
from verifier.frost.messages import Kind, read_body
from verifier.frost.repair_messages import RepairSum
from verifier.frost.signing_messages import SignatureShare
from verifier.holder.ports import Decision, Question, SigningQuestion
from verifier.model.address import Address
from verifier.model.group_request import GroupRequest, Purpose
from verifier.model.holding import LEFT
from verifier.model.operation import Call, Operation, Publication
from verifier.model.text import Shown
from verifier.model.units import ChainId, LaneIndex, Sequence, Timestamp, Wei

DECLINER: Final = 3
LIAR: Final = 4
WHY: Final = "not on a Friday"
REQUEST: Final = GroupRequest(
    purpose=Purpose.APPROVE,
    chain_id=ChainId(1),
    vault=Address(bytes.fromhex("ab" * 20)),
    operation=Operation(
        calls=(Call(target=Address(bytes.fromhex("cd" * 20)), value=Wei(7), data=b"\1\2\3"),),
        lane=LaneIndex(3),
        sequence=Sequence(12),
        approve_by=Timestamp(1_800_000_000),
    ),
    publication=Publication.unpack(0x1234_5678_9ABC_DEF0),
)


@dataclass(slots=True, kw_only=True)
class Lived:
    company: Company

    @property
    def desk(self) -> Path:
        return self.company.desk / "records.jsonl"

    @property
    def everybody(self) -> list[Path]:
        return [self.desk, *(self.holder(chair.index) for chair in self.company.chairs)]

    def holder(self, index: int) -> Path:
        return self.company.chairs[index - 1].folder / "records.jsonl"


@dataclass(slots=True)
class Agreeing:
    """The port Decider: yes to all, but for one who declines to sign, and one who waits."""

    index: int
    gate: threading.Event

    def decide(self, question: Question) -> Decision:
        is_signing = isinstance(question, SigningQuestion)
        if is_signing and self.index == DECLINER:
            return Decision(is_yes=False, because=Shown(WHY))
        if is_signing and self.index == 1:
            assert self.gate.wait(PATIENCE)
        return Decision(is_yes=True, because=Shown("it agrees"))


class _Lying(Liar):
    """Honest but for one kind of message, which it says otherwise."""

    kind: Kind
    lie: Callable[[Any], Any]

    def _lies(self, raw: bytes) -> list[bytes]:
        if Kind(raw[73]) is not type(self).kind:
            return [raw]
        return [self._again(raw, type(self).lie(read_body(Kind(raw[73]), raw[142:-64])))]


def flip(value: bytes) -> bytes:
    return value[:-1] + bytes([value[-1] ^ 1])


def bad_share(body: SignatureShare) -> SignatureShare:
    return SignatureShare(z=flip(body.z))


def bad_sub_share(body: SubShares) -> SubShares:
    (index, sealed), *rest = body.sealed
    return SubShares(sealed=((index, flip(sealed)), *rest))


def bad_sum(body: RepairSum) -> RepairSum:
    return RepairSum(sealed=flip(body.sealed))


def join_lying(company: Company, index: int, kind: Kind, lie: Callable[[Any], Any]) -> None:
    """Let a liar sit down in the place of a holder."""
    honest = vars(frost_joining)["HolderService"]
    vars(frost_joining)["HolderService"] = type("Lying", (_Lying,), {"kind": kind, "lie": staticmethod(lie)})
    try:
        company.join(index)
    finally:
        vars(frost_joining)["HolderService"] = honest


@contextmanager
def agreeing(gate: threading.Event) -> Iterator[None]:
    """Let all who sit down agree, in this process."""
    honest = vars(frost_joining)["VaultDecider"]

    def decider(*, folder: Any, **_: object) -> Agreeing:
        return Agreeing(int(folder.path.parent.name.removeprefix("holder-")), gate)

    vars(frost_joining)["VaultDecider"] = decider
    try:
        yield
    finally:
        vars(frost_joining)["VaultDecider"] = honest


def sign(company: Company, request: GroupRequest, told: Told, *, patience: float = PATIENCE) -> bytes:
    """Let the group sign a request."""
    options = Namespace(folder=str(company.desk), parcels=None, patience=patience)
    with convene(options, watching=Watching(say=told.tell)) as convened:
        key = require_key(convened.group)
        signing = convened.convener.sign(
            key,
            digest=digest_of_request(request, key.point),
            request=encode_request(request),
            what=Shown("an approval"),
        )
    assert signing.signature is not None
    return signing.signature


def live(path: Path) -> Lived:
    """Return a group of two of four, which has been through all that a group can be through."""
    company = Company.of(path, threshold=2, holders=4)
    gate = threading.Event()
    with agreeing(gate):
        try:
            _live(company, gate)
        finally:
            gate.set()
            company.end()
    return Lived(company=company)


def _live(company: Company, gate: threading.Event) -> None:
    desk = str(company.desk)
    with company.present():
        company.must("keygen", desk)
    _sign_beside_liars(company, gate)
    with company.present():
        company.must("refresh", desk)
    _reshare(company)
    _repair(company, 2)
    join_lying(company, 5, Kind.SUB_SHARES, bad_sub_share)
    for index in (1, 2, DECLINER):
        company.join(index)
    assert company.call("refresh", desk).code == 12
    company.end()
    join_lying(company, 1, Kind.REPAIR_SUM, bad_sum)
    _lose(company, 2)
    for index in (2, DECLINER, 5):
        company.join(index)
    assert company.call("repair", desk, "2").code == 12
    company.end()
    company.join(1)
    with suppress(CeremonyFailed):
        sign(company, REQUEST, Told(), patience=0.5)


def _sign_beside_liars(company: Company, gate: threading.Event) -> None:
    """Who lies and who declines are both left out before the first says yes."""
    told, signed = Told(), []
    join_lying(company, LIAR, Kind.SIGNATURE_SHARE, bad_share)
    for index in (1, 2, DECLINER):
        company.join(index)
    worker = threading.Thread(target=lambda: signed.append(sign(company, REQUEST, told)), daemon=True)
    worker.start()
    told.wait_for(f"Holder {LIAR} (Dot) is left out")
    told.wait_for(f"Holder {DECLINER} (Cid) is left out")
    gate.set()
    worker.join(PATIENCE)
    assert signed, told.text
    company.end()


def _reshare(company: Company) -> None:
    """The fourth leaves, and a fifth comes."""
    card = str(company.seat().folder / "card.toml")
    company.must("reshare", str(company.desk), "--card", card, "--without", str(LIAR))
    following = company.desk / "next.toml"
    (company.chairs[4].folder / "group.toml").write_bytes((company.desk / "group.toml").read_bytes())
    for chair in company.chairs:
        company.join(chair.index, group=following)
    company.must("reshare", str(company.desk))
    for chair in company.chairs:
        has_left = chair.index == LIAR
        company.running[chair.index].wait_for(LEFT if has_left else "The share of epoch 3 is in use.")
    company.end()


def _lose(company: Company, index: int) -> None:
    (company.chairs[index - 1].folder / "share.json").unlink()


def _repair(company: Company, index: int) -> None:
    _lose(company, index)
    for present in (1, 2, DECLINER):
        company.join(present)
    company.must("repair", str(company.desk), str(index))
    company.running[index].wait_for("The share of epoch 3 is in use.")
    company.end()
