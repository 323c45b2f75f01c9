"""A key is made, refreshed, repaired and given to others by real processes over HTTPS, and each step is shown."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.holders.company import PASSPHRASE, PATIENCE, Company, rules
from verifier.store.group_file import read_group_file


def test_keygen__all_are_there__all_have_the_same_file_with_the_same_key(company: Company) -> None:
    group = company.group
    assert group.point is not None
    assert group.epoch == 1
    for chair in company.chairs:
        assert read_group_file(chair.folder / "group.toml") == group
        record = chair.home.call("frost", "inspect", str(chair.folder), "--json").record
        assert record["key"] == "0x" + group.point.hex()
        assert record["segregation"]["unsegregated"] == 0
        assert "ONE FACTOR ONLY: a passphrase" in record["share"][0]
    assert PASSPHRASE not in (company.chairs[0].folder / "share.json").read_text()


def test_keygen__there_is_a_key__refused_and_nothing_changes(company: Company) -> None:
    before = company.group
    ran = company.call("keygen", str(company.desk))
    assert ran.code == 12
    assert "has a key already" in ran.err
    assert company.group == before


def test_refresh__all_are_there__new_shares_and_the_old_one_opens_no_more(company: Company) -> None:
    chair, before = company.chairs[0], company.group
    old = (chair.folder / "share.json").read_bytes()
    with company.present():
        ran = company.must("refresh", str(company.desk))
        assert "Holder 2 (Bob) answered: sub shares." in ran.err
        assert "Awaited: " in ran.err
        company.running[1].wait_for("The share of epoch 2 is in use.")
    assert company.group.point == before.point
    assert (company.group.epoch, company.group.commitments[1:] == before.commitments[1:]) == (2, False)
    (chair.folder / "share.json").write_bytes(old)
    ran = chair.home.call("frost", "join", str(chair.folder), *chair.opening)
    assert ran.code == 89
    assert "is of epoch 1, and its group is in epoch 2" in ran.sentence


def test_refresh__one_is_absent__said_and_the_old_shares_stay(company: Company) -> None:
    before = company.group
    with company.present(1, 3):
        ran = company.call_until(
            lambda said: all(f"({who}" in said for who in ("Ann) answered", "Bob) cannot", "Cid) answered")),
            *("refresh", str(company.desk)),
        )
    assert ran.code == 12
    assert "holder 2 (Bob) did not in time" in ran.err
    assert "Holder 2 (Bob) cannot be reached" in ran.err
    assert company.group == before
    with company.present():
        assert "epoch 3 can sign" in company.must("refresh", str(company.desk)).err


def test_repair__a_share_is_lost__its_holder_has_it_again(company: Company) -> None:
    lost = company.chairs[1]
    before = company.group
    (lost.folder / "share.json").unlink()
    for chair in company.chairs:
        rules(chair, "version = 1\nrepairs = [2]\n")
    with company.present():
        company.must("repair", str(company.desk), "2")
        company.running[2].wait_for("The share of epoch 1 is in use.")
    assert company.group == before
    assert "holder 2 in epoch 1" in lost.home.call("frost", "inspect", str(lost.folder)).out


def test_repair__nobody_may_be_asked__no_helper_helps(company: Company) -> None:
    (company.chairs[1].folder / "share.json").unlink()
    with company.present():
        ran = company.call_until(
            lambda _: "nobody is at this holder's terminal" in company.running[1].text,
            *("repair", str(company.desk), "2"),
        )
    assert ran.code == 12
    assert not (company.chairs[1].folder / "share.json").exists()


def test_reshare__one_leaves_and_one_comes__the_same_key_and_the_old_share_is_gone(company: Company) -> None:
    before, leaver = company.group, company.chairs[2]
    newcomer = company.seat()
    card = str(newcomer.folder / "card.toml")
    ran = company.must("reshare", str(company.desk), "--card", card, "--without", "3")
    assert "next.toml" in ran.out
    assert "`fourth-signer frost reshare` deals out" in " ".join(ran.out.split())
    following = company.desk / "next.toml"
    alone = ("--group", str(following), "--yes", *newcomer.opening)
    refused = newcomer.home.call("frost", "join", str(newcomer.folder), *alone)
    assert refused.code == 79
    assert "give both: --group group.toml --group next.toml" in refused.sentence
    assert not (newcomer.folder / "group.toml").exists()
    for index in (1, 2, 3):
        company.join(index, group=following)
    company.join(4, "--group", str(following), group=company.desk / "group.toml")
    company.must("reshare", str(company.desk))
    company.running[4].wait_for("The share of epoch 2 is in use.")
    company.running[3].wait_for("This holder has left the group: its share is destroyed")
    company.end()
    group = company.group
    assert group.point == before.point
    assert [holder.index for holder in group.holders] == [1, 2, 4]
    assert not (leaver.folder / "share.json").exists()
    assert read_group_file(newcomer.folder / "group.toml") == group
    company.chairs.pop()


def test_deal__holders_of_no_file__declined_and_over_at_once_with_who_and_why(company: Company) -> None:
    """The fourth never answers: nobody waits for it."""
    card = str(company.seat().folder / "card.toml")
    company.must("reshare", str(company.desk), "--card", card)
    with company.present(1, 2, 3):
        ran = company.call("reshare", str(company.desk), "--patience", str(PATIENCE))
    assert ran.code == 12
    declined = r'\) declined: "these are not the holders of any file that this holder has"\.$'
    assert re.search(rf"The resharing failed: holder [123] \((Ann|Bob|Cid){declined}", ran.err, re.MULTILINE)
    assert company.group.epoch == 1
    company.chairs.pop()


def test_join__second_process_in_one_folder__refused(company: Company) -> None:
    chair = company.chairs[0]
    with company.present(1):
        ran = chair.home.call("frost", "join", str(chair.folder), *chair.opening)
    assert ran.code == 79
    assert "another process uses it" in ran.sentence


@pytest.mark.parametrize(
    ("opening", "code", "why"),
    [
        ((), 84, "two factors open it"),
        (("--one-factor", "token"), 84, "wants a --token"),
        (("--one-factor", "passphrase", "--passphrase-file", "wrong"), 81, "not the passphrase"),
    ],
)
def test_join__what_should_open_the_share_does_not__said(
    company: Company, opening: tuple[str, ...], code: int, why: str
) -> None:
    chair = company.chairs[0]
    wrong = chair.home.path / "wrong"
    wrong.write_text("guess\n")
    wrong.chmod(0o600)
    ran = chair.home.call("frost", "join", str(chair.folder), *opening)
    assert ran.code == code
    assert why in ran.sentence


def test_join__group_of_another__refused_before_a_share_is_opened(company: Company, tmp_path: Path) -> None:
    other = Company.of(tmp_path / "other", threshold=2, holders=2)
    chair = company.chairs[0]
    ran = chair.home.call(
        "frost", "join", str(chair.folder), "--group", str(other.desk / "group.toml"), "--yes", *chair.opening
    )
    assert ran.code == 79
    assert "another group" in ran.sentence


def test_records__of_a_holder__each_holds_to_the_one_before(company: Company) -> None:
    from verifier.store.ceremony_records import body_of, read_records

    path = company.chairs[0].folder / "records.jsonl"
    records = list(read_records(path))
    # By which rules it decides stands before every decision.
    assert [record.kind for record in records][:4] == ["rules", "received", "rules", "decided"]
    assert records[-1].kind == "epoch"
    assert all("raw" in body_of(record) for record in records if record.kind in ("received", "sent"))
    assert json.loads(path.read_text().splitlines()[0])["domain"] == "fourth-signer frost 1"
