"""Holders whose messages are carried: how long they are waited for, and what others can do to them in the folder."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest

from tests.holders.company import PATIENCE, Company
from tests.holders.seats import Seat, desk_of, kind_of, sit
from tests.holders.test_consents import Watch
from tests.holders.test_rules import Noted
from verifier.courier.courier import MOST_SAID, LinesCourier
from verifier.courier.folder import ParcelFolder
from verifier.courier.parcel import MOST_ENVELOPES
from verifier.errors.text import Foreign
from verifier.frost.charter import Index
from verifier.frost.messages import Kind
from verifier.holder.convening import Convener, Patience
from verifier.holder.ports import Arrival
from verifier.holder.progress import Progress
from verifier.model.text import Shown
from verifier.model.units import Timestamp

DIGEST: Final = hashlib.sha256(b"an operation").digest()
FAR: Final = Index(2)
WALK: Final = 300.0
"""Seconds that a stick is on its way."""


@dataclass(slots=True)
class Walk:
    """The port Courier: what one holder says is carried, and takes its time."""

    seats: Mapping[Index, Seat]
    watch: Watch
    near: list[Arrival] = field(default_factory=list)
    far: list[Arrival] = field(default_factory=list)

    def post(self, to: Index, raw: bytes) -> None:
        for said in self.seats[to].take(raw):
            is_far = to == FAR and kind_of(said) is Kind.SIGNATURE_SHARE
            (self.far if is_far else self.near).append(Arrival(sender=to, raw=said))

    def collect(self, seconds: float) -> Arrival | None:
        if self.near:
            return self.near.pop(0)
        self.watch.seconds += max(seconds, WALK / 20)
        if self.far and self.watch.seconds > WALK + 1_000:
            return self.far.pop(0)
        return None


@pytest.mark.parametrize("is_known", [False, True])
def test_sign__a_share_that_is_carried__waited_for_where_its_holder_has_no_network(
    company: Company, is_known: bool
) -> None:
    """With a program's seconds for everybody, a holder without a network could never sign: it would always be late."""
    watch = Watch()
    seats, said = sit(company, clock=watch), list[str]()
    key = seats[FAR].keeper.key()
    assert key is not None
    convener = Convener(
        pen=desk_of(company),
        courier=Walk({FAR: seats[FAR], Index(3): seats[Index(3)], Index(1): seats[Index(1)]}, watch),
        progress=Progress(said.append, Noted(), {}, lambda: Timestamp(0)),
        dice=secrets.token_bytes,
        clock=watch,
        patience=Patience(person=600, program=10, carried=frozenset({FAR} if is_known else ())),
    )
    signed = convener.sign(key, digest=DIGEST, request=b"", what=Shown("the approval"))
    assert signed.signature is not None
    assert any("is left out" in line for line in said) is not is_known


def test_read__parcels_in_the_name_of_who_has_a_line__not_read_and_nobody_else_is_muted(
    tmp_path: Path,
) -> None:
    """Whoever carries the stick could else use up what another may say in a ceremony."""
    folder = ParcelFolder(tmp_path, writes="to", reads="from", run=secrets.token_bytes(8))

    def arrival(index: int, raw: bytes | None, trouble: Foreign) -> tuple[int, bytes | None, Foreign]:
        return index, raw, trouble

    other = ParcelFolder(tmp_path, writes="from", reads="to", run=secrets.token_bytes(8))
    courier = LinesCourier({}, folder, arrival=arrival, carried={3})
    try:
        for _ in range(MOST_SAID // MOST_ENVELOPES + 1):
            other.write(1, [b"junk"] * MOST_ENVELOPES)
        other.write(3, [b"later"])
        assert courier.collect(PATIENCE) == (3, b"later", "")
    finally:
        courier.close()


def test_read__thousands_of_files_that_are_no_parcels__said_so_often_and_then_no_more(tmp_path: Path) -> None:
    folder = ParcelFolder(tmp_path, writes="to", reads="from", run=secrets.token_bytes(8))
    courier = LinesCourier({}, folder, arrival=lambda *given: given, carried={3})
    try:
        for number in range(MOST_SAID + 50):
            (tmp_path / f"from-3-ab-{number:04}.parcel").write_bytes(b"nothing")
        said: list[str] = []
        while not said or "not listened to any more" not in said[-1]:
            found = courier.collect(PATIENCE)
            assert found is not None
            said.append(found[2])
        assert len(said) == MOST_SAID + 1
    finally:
        courier.close()
