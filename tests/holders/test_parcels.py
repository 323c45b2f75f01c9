"""A holder without a network: its messages are carried as files, from the making of the key to a refresh."""

from __future__ import annotations

import os
from pathlib import Path

from tests.holders.company import Company
from verifier.courier.folder import ParcelFolder
from verifier.courier.parcel import pack_parcel


def test_keygen_and_refresh__one_holder_has_no_network__its_parcels_are_carried(tmp_path: Path) -> None:
    company = Company.of(tmp_path, threshold=2, holders=3, by_files=[3])
    stick = tmp_path / "stick"
    stick.mkdir()
    carried = ["--parcels", str(stick)]
    company.join(1)
    company.join(2)
    company.join(3, *carried)
    try:
        company.must("keygen", str(company.desk), *carried)
        company.running[3].wait_for("The share of epoch 1 is in use.")
        (stick / "to-3-ab-0001.parcel").write_bytes(b"4SFP\1\0\1 and no envelope")
        company.running[3].wait_for("to-3-ab-0001.parcel is no parcel of a group's messages")
        ran = company.must("refresh", str(company.desk), *carried)
        company.running[3].wait_for("The share of epoch 2 is in use.")
    finally:
        company.end()
    assert "Holder 3 (Cid) answered: confirmation." in ran.err
    names = sorted(path.name for path in stick.iterdir())
    assert all(name.endswith(".parcel") for name in names), names
    assert any(name.startswith("from-3-") for name in names)


def test_read__a_link_or_a_pipe_in_the_place_of_a_parcel__said_and_not_followed(tmp_path: Path) -> None:
    """Whoever has the stick for an hour must not have a holder read what only its machine has, nor wait for ever."""
    stick = tmp_path / "stick"
    stick.mkdir()
    folder = ParcelFolder(stick, writes="to", reads="from", run=b"1")
    own = tmp_path / "own"
    own.write_bytes(pack_parcel([b"an envelope"]))
    (stick / "from-1-ab-0001.parcel").symlink_to(own)
    os.mkfifo(stick / "from-2-ab-0001.parcel")
    (stick / "from-3-ab-0001.parcel").write_bytes(own.read_bytes())
    found = dict(folder.read())
    assert found[3] == (b"an envelope",)
    assert all("cannot be read" in str(found[index]) for index in (1, 2))


def test_keygen__holder_by_files_and_no_folder_given__said(tmp_path: Path) -> None:
    company = Company.of(tmp_path, threshold=2, holders=2, by_files=[2])
    company.join(1)
    try:
        ran = company.call_until(
            lambda said: "Holder 2 (Bob) cannot be reached" in said, "keygen", str(company.desk)
        )
    finally:
        company.end()
    assert ran.code == 12
    assert "Holder 2 (Bob) cannot be reached: it has no network; give --parcels" in ran.err
    chair = company.chairs[1]
    alone = ("--group", str(company.desk / "group.toml"), "--yes", *chair.opening)
    joined = chair.home.call("frost", "join", str(chair.folder), *alone)
    assert joined.code == 16
    assert "give --parcels FOLDER" in joined.err
