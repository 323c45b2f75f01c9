"""Several parties' records beside each other: what each alone cannot know, and what one has taken out of its own."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from tests.holders.auditing import (
    Auditor,
    Pens,
    Record,
    again,
    kind_of,
    raw_of,
    records_of,
    without,
)
from tests.holders.company import Company
from tests.holders.killing import playing
from tests.holders.lived import REQUEST
from verifier.desk.group_request import digest_of_request, encode_request
from verifier.frost.lists import write_raws
from verifier.frost.messages import Kind
from verifier.model.group_request import GroupRequest, Purpose
from verifier.store.group_file import charter_of


def desk_of(company: Company) -> list[Record]:
    return records_of(company.desk / "records.jsonl")


def holder_of(company: Company, index: int) -> list[Record]:
    return records_of(company.chairs[index - 1].folder / "records.jsonl")


def rewritten(raw: bytes, pens: Pens, body: bytes, **fields: bytes) -> bytes:
    """Return an envelope like another with another body, digest or seen, signed by the same."""
    digest, seen = fields.get("digest", raw[74:106]), fields.get("seen", raw[106:138])
    return pens.sign(raw[:74] + digest + seen + len(body).to_bytes(4, "big") + body)


def received(raw: bytes, at: int) -> Record:
    body = {"raw": "0x" + raw.hex(), "session": "0x" + raw[40:72].hex()}
    return {"number": 0, "at": at, "kind": "received", "body": body}


def added(records: list[Record], *more: Record) -> list[Record]:
    return again([*records, *more], lambda record: [record])


def test_audit__another_package_told_to_one__each_alone_agrees_and_both_say_who(
    made: Company, auditor: Auditor
) -> None:
    """In the trial all three committed, and the first two sign. The third is told that others do."""
    pens, desk = Pens(made), desk_of(made)
    package = next(raw_of(record) for record in desk if kind_of(record) is Kind.PACKAGE)
    commitments = {raw[72]: raw for raw in map(raw_of, desk) if len(raw) > 73 and raw[73] == Kind.COMMITMENT}
    chosen = sorted(index for index, raw in commitments.items() if raw in package)
    (third,) = {1, 2, 3} - {*chosen}
    other = tuple(commitments[index] for index in sorted({third, chosen[0]}))
    told = rewritten(package, pens, write_raws(other))
    mine = again(holder_of(made, third), without(lambda record: kind_of(record) is Kind.SIGNATURE))
    place = next(i for i, record in enumerate(mine) if kind_of(record) is Kind.COMMITMENT)
    mine = added(mine[: place + 1], received(told, mine[place]["at"]), *mine[place + 1 :])
    assert auditor.audit(desk) == []
    assert auditor.audit(mine) == []
    found = auditor.audit(desk, mine)
    number = next(record["number"] for record in mine if raw_of(record) == told)
    assert [(each["file"], each["record"], each["sender"], each["kind"]) for each in found] == [
        (1, number, "the coordinator", "PACKAGE")
    ]
    assert "said one thing here, and another to the coordinator's records" in found[0]["why"]


def test_audit__asked_for_something_else_by_a_desk_that_wrote_nothing_down__said(
    made: Company, auditor: Auditor
) -> None:
    """The holder was asked to sign, and said no; the desk's records know of no such thing."""
    pens, desk, mine = Pens(made), desk_of(made), holder_of(made, 1)
    point = made.group.point
    assert point is not None
    veto = GroupRequest(
        purpose=Purpose.VETO,
        chain_id=REQUEST.chain_id,
        vault=REQUEST.vault,
        operation=REQUEST.operation,
        publication=REQUEST.publication,
    )
    like = next(raw_of(record) for record in mine if kind_of(record) is Kind.INVITATION)
    like = like[:40] + b"\7" * 32 + like[72:]
    asked = rewritten(like, pens, encode_request(veto), digest=digest_of_request(veto, point))
    mine = added(mine, received(asked, mine[-1]["at"]))
    assert auditor.audit(mine) == []
    (found,) = auditor.audit(desk, mine)
    assert (found["file"], found["record"], found["kind"]) == (1, len(mine), "INVITATION")
    assert "the coordinator signed it, and the coordinator's records (file 1) do not say" in found["why"]


def test_audit__a_holder_that_took_a_round_out_of_its_records__the_others_show_it(
    made: Company, auditor: Auditor
) -> None:
    desk = desk_of(made)
    trial = next(raw_of(record) for record in desk if kind_of(record) is Kind.INVITATION)[40:72]
    signer = next(raw_of(record)[72] for record in desk if kind_of(record) is Kind.SIGNATURE_SHARE)

    def is_gone(record: Record) -> bool:
        return raw_of(record)[40:72] == trial or record["body"].get("session") == "0x" + trial.hex()

    mine = again(holder_of(made, signer), without(is_gone))
    assert auditor.audit(mine) == []
    found = auditor.audit(desk, mine)
    assert {each["file"] for each in found} == {0}
    assert {each["kind"] for each in found} == {"COMMITMENT", "SIGNATURE_SHARE"}
    assert all(
        f"holder {signer}'s records (file 2) do not say that it was sent" in each["why"] for each in found
    )


def key_of(company: Company, **changes: Any) -> dict[str, Any]:
    group = company.group
    return {
        "charter": charter_of(group).encode().hex(),
        "commitments": [point.hex() for point in group.commitments],
    } | changes


def test_audit__the_group_file_has_another_key__said(made: Company, auditor: Auditor) -> None:
    """Who owns a folder can write all of it anew, for a group of its own: the group's file tells them apart."""
    desk, key = desk_of(made), key_of(made)
    assert auditor.audit(desk, group=key) == []
    (found,) = auditor.audit(desk, group=key | {"commitments": key["commitments"][::-1]})[:1]
    assert found["why"] == "epoch 1 has other holders or another key than the file of --group says" or (
        found["why"] == "a second key of the group is in use from epoch 1 on"
    )
    stranger = auditor.audit(desk, group=key | {"charter": "11" * 32 + key["charter"][64:]})
    assert any(each["why"] == "it is of another group than the file of --group" for each in stranger)


def test_audit__records_that_begin_after_the_key_was_made__judged_by_the_group_file_alone(
    made: Company, auditor: Auditor
) -> None:
    """As of a holder whose folder was made anew: without the group's file nobody can say whose words these are."""
    pens, mine = Pens(made), holder_of(made, 1)
    point = made.group.point
    assert point is not None
    like = next(raw_of(record) for record in mine if kind_of(record) is Kind.INVITATION)
    asked = rewritten(like, pens, encode_request(REQUEST), digest=digest_of_request(REQUEST, point))
    late = added([], received(asked, 7))
    assert auditor.audit(late, group=key_of(made)) == []
    (found,) = auditor.audit(late)
    assert "the key of epoch 1 is not in these records, so nothing of it is judged" in found["why"]


def test_audit__of_all_after_some_were_killed__agreed_on(tmp_path: Path, auditor: Auditor) -> None:
    """Whoever stops in the middle leaves a round half written. That is nobody's lie, and must not look like one."""
    with playing("refresh", tmp_path, seed=2) as game:
        assert game.play({0: "write group.toml before 1"})
        assert game.play({2: "write records.jsonl half 10"})
        company = game.company
        everybody = [desk_of(company), *(holder_of(company, chair.index) for chair in company.chairs)]
        found = [each for one in everybody for each in auditor.audit(one)] + auditor.audit(*everybody)
    # What these games ask for is no request to a vault.
    assert [each for each in found if not each["why"].startswith("what is asked cannot be read")] == []
    assert {each["kind"] for each in found} == {"INVITATION"}


def test_audit__of_all_parties_by_the_program__one_page_of_all(made: Company, tmp_path: Path) -> None:
    files = [str(made.desk / "records.jsonl"), *(str(one.folder / "records.jsonl") for one in made.chairs)]
    group = str(made.desk / "group.toml")
    ran = made.call("audit", *files, "--group", group)
    assert ran.code == 0, ran
    said = " ".join(ran.out.split())
    assert "File 2, " in said
    assert "Both agree on everything." in said
    found = made.call("audit", *files, "--group", group, "--json").record
    assert [each["identity"] for each in found["files"]][:2] == ["the coordinator", "holder 1 (Ann)"]
    assert {each["file"] for each in found["rounds"]} == {0, 1, 2, 3}
    shutil.copy(made.chairs[0].folder / "card.toml", tmp_path / "group.toml")
    assert made.call("audit", files[0], "--group", str(tmp_path / "group.toml")).code != 0
