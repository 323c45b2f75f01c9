"""A coordinator whose machine stopped: how it goes on."""

from __future__ import annotations

from pathlib import Path

from tests.holders.company import Company
from tests.holders.killing import playing
from verifier.store.ceremony_records import body_of, read_records


def test_reshare__the_coordinator_is_killed_once_it_is_done__who_left_is_told_by_the_next(
    tmp_path: Path,
) -> None:
    """Nobody has the certificate then, and who leaves is in no file any more by which it could be reached."""
    with playing("reshare", tmp_path, seed=1) as game:
        at = "rename group.toml after 1"
        assert game.play({0: at}) == [at]
        assert not (game.company.chairs[2].folder / "share.json").exists()


def test_convene__sends_the_last_certificate_again__written_down_before(company: Company) -> None:
    path = company.desk / "records.jsonl"
    count = len(list(read_records(path)))
    with company.present():
        company.must("refresh", str(company.desk))
    first = list(read_records(path))[count]
    certificate = (company.desk / "certificate-1").read_bytes()
    assert (first.kind, body_of(first)["raw"]) == ("sent", "0x" + certificate.hex())
