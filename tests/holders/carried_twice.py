"""Says everything again to a holder without a network, as files on its stick."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from typing import Final

from tests.holders.ceremonies import stick_of
from tests.holders.company import PATIENCE, Company
from verifier.courier.folder import ParcelFolder
from verifier.courier.parcel import unpack_parcel
from verifier.keys.share_sealing import read_share_head
from verifier.store.ceremony_records import read_records
from verifier.store.group_file import read_group_file

_LOOK: Final = 0.02


def carry(company: Company, index: int, raws: list[bytes]) -> list[bytes]:
    """Put parcels on the stick, and return what lies there of the holder's once it has read them all."""
    records = company.chairs[index - 1].folder / "records.jsonl"

    def received() -> int:
        return sum(one.kind == "received" for one in read_records(records))

    before = received()
    desk = ParcelFolder(stick_of(company), writes="to", reads="from", run=secrets.token_bytes(8))
    for raw in raws:
        desk.write(index, [raw])
    _await(lambda: received() >= before + len(raws), "the last parcel")
    lying = stick_of(company).glob(f"from-{index}-*.parcel")
    return [raw for path in lying for raw in unpack_parcel(path.read_bytes(), origin="a holder")]


def await_epoch(company: Company, index: int) -> None:
    """Return once a holder uses the epoch that the coordinator has, and has put away what is older."""
    folder = company.chairs[index - 1].folder

    def is_there() -> bool:
        epoch = company.group.epoch
        shares = list(folder.glob("share*.json"))
        if [path.name for path in shares] != ["share.json"] or read_share_head(shares[0]).epoch != epoch:
            return False
        return read_group_file(folder / "group.toml") == company.group

    _await(is_there, "the last epoch")


def _await(is_so: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end, f"{what} was not taken"
        time.sleep(_LOOK)
