"""Channels that write: whole lines, on the disk, whatever came before."""

from __future__ import annotations

import io
import json
import os
import resource
import stat
from pathlib import Path
from typing import Any

import pytest

from tests.alerts.samples import NAMES, NOW, VAULT, delivery, digest, happening
from verifier.alerts.files import TerminalChannel, line_file, text_file
from verifier.alerts.ocsf import ocsf_event
from verifier.alerts.wording import Reader
from verifier.errors.watching import DeliveryFailed
from verifier.model.evidence import Evidence
from verifier.model.finding import Severity
from verifier.model.text import Shown, sanitise
from verifier.model.watching import Kind, Parcel, Standing

READER = Reader(zone="UTC", names=NAMES)


def test_text_file__two_deliveries__both_stand_there_and_only_the_owner_reads_them(tmp_path: Path) -> None:
    path = tmp_path / "alerts.log"
    channel = text_file("diary", path, READER)

    channel.deliver(delivery())
    channel.deliver(digest("Nothing happened."))

    lines = path.read_text().splitlines()
    assert lines[0].startswith("Mon 2026-11-30 00:53:20 UTC WARNING: treasury: ")
    assert "Mon 2026-11-30 00:53:20 UTC Daily digest: Nothing happened." in lines
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_line_file__many_deliveries__each_is_one_line_of_json(tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    channel = line_file("siem", path, product="0.1.0")
    sentence = sanitise('a "quote" \\ {"class_uid": 1}\n\u2028 next')

    for _ in range(3):
        channel.deliver(delivery(sentence=sentence))

    events = [json.loads(line) for line in path.read_text().splitlines()]
    assert [event["message"] for event in events] == [sentence] * 3


def test_line_file__a_crash_cut_the_last_line__the_next_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    channel = line_file("siem", path, product="0.1.0")
    channel.deliver(delivery())
    with path.open("ab") as file:
        file.write(b'{"time": 179')

    channel.deliver(delivery())

    first, torn, last = path.read_text().splitlines()
    assert torn == '{"time": 179'
    assert json.loads(first) == json.loads(last)


def test_line_file__it_was_rotated_away__a_new_one_begins(tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    channel = line_file("siem", path, product="0.1.0")
    channel.deliver(delivery())
    path.rename(tmp_path / "alerts.jsonl.1")

    channel.deliver(delivery())

    assert len(path.read_text().splitlines()) == 1


def test_line_file__no_room_in_the_middle__nothing_half_written_stays(tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    channel = line_file("siem", path, product="0.1.0")
    channel.deliver(delivery())
    before = path.read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    import signal

    old = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 10, hard))
        with pytest.raises(DeliveryFailed, match="cannot be written"):
            channel.deliver(delivery())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, old)

    assert path.read_bytes() == before


def test_text_file__a_folder_that_is_not_there__it_fails_and_says_where(tmp_path: Path) -> None:
    channel = text_file("diary", tmp_path / "none" / "alerts.log", READER)

    with pytest.raises(DeliveryFailed, match=r"none/alerts\.log cannot be written"):
        channel.deliver(delivery())


def test_terminal__an_alert__it_is_printed_line_by_line() -> None:
    stream = io.StringIO()

    TerminalChannel("here", READER, lambda: stream).deliver(delivery())

    first, *rest = stream.getvalue().splitlines()
    assert first.startswith("Mon 2026-11-30 00:53:20 UTC WARNING: treasury: ")
    assert all(line.startswith("  ") for line in rest)


def test_terminal__nobody_reads__it_fails() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as stream:
        with pytest.raises(DeliveryFailed, match="nobody reads"):
            TerminalChannel("here", READER, lambda: stream).deliver(delivery())
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


REQUIRED = {
    # Of Detection Finding in version 1.4.0 of the schema: events/findings/detection_finding.json and what it extends.
    "activity_id": int,
    "category_uid": int,
    "class_uid": int,
    "finding_info": dict,
    "metadata": dict,
    "severity_id": int,
    "time": int,
    "type_uid": int,
}


@pytest.mark.parametrize("parcel", [Parcel.ALERT, Parcel.UPDATE, Parcel.ESCALATION, Parcel.RETRACTION])
def test_ocsf__any_parcel__what_the_schema_requires_is_there(parcel: Parcel) -> None:
    event = ocsf_event(delivery(parcel), product="0.1.0")

    assert {name: type(event[name]) for name in REQUIRED} == REQUIRED
    assert event["class_uid"] == 2004
    assert event["category_uid"] == 2
    assert event["type_uid"] == 200_400 + event["activity_id"]
    assert event["time"] == NOW * 1_000
    assert event["metadata"]["version"] == "1.4.0"
    assert event["metadata"]["product"]["name"] == "Fourth Signer"
    assert event["finding_info"]["uid"] == happening().episode
    assert event["resources"] == [{"uid": str(VAULT), "type": "vault"}]


@pytest.mark.parametrize(
    ("parcel", "activity", "status"),
    [(Parcel.ALERT, 1, 1), (Parcel.UPDATE, 2, 1), (Parcel.ESCALATION, 2, 1), (Parcel.RETRACTION, 3, 6)],
)
def test_ocsf__one_episode__it_is_created_updated_and_closed(
    parcel: Parcel, activity: int, status: int
) -> None:
    event = ocsf_event(delivery(parcel), product="0.1.0")

    assert (event["activity_id"], event["status_id"]) == (activity, status)


@pytest.mark.parametrize(
    ("severity", "number", "is_alert"),
    [
        (Severity.INFO, 1, False),
        (Severity.NOTICE, 2, False),
        (Severity.WARNING, 3, True),
        (Severity.DANGER, 5, True),
    ],
)
def test_ocsf__any_severity__it_has_a_number_of_the_schema(
    severity: Severity, number: int, is_alert: bool
) -> None:
    event = ocsf_event(delivery(severity=severity), product="0.1.0")

    assert (event["severity_id"], event["is_alert"]) == (number, is_alert)


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("evidence", list(Evidence))
def test_ocsf__any_kind_and_evidence__it_is_json(kind: Kind, evidence: Evidence) -> None:
    one = delivery(kind=kind, evidence=evidence, standing=Standing.CONFIRMED)

    event: dict[str, Any] = json.loads(json.dumps(ocsf_event(one, product="0.1.0")))

    assert event["finding_info"]["types"] == [kind]
    assert event["confidence_id"] == evidence + 1


def test_ocsf__a_digest__it_is_a_base_event() -> None:
    event = ocsf_event(digest("Nothing happened.", parcel=Parcel.HEAD), product="0.1.0")

    assert (event["class_uid"], event["category_uid"], event["type_uid"]) == (0, 0, 99)
    assert event["activity_name"] == "audit-head"
    assert event["message"] == Shown("Nothing happened.")
