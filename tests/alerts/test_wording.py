"""What people read: the line on the pager, the lines below it, and times by their own clocks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.alerts.samples import NAMES, NOW, OTHER_VAULT, delivery, digest, kept
from verifier.alerts.wording import MOST_BODY, MOST_LINES, MOST_SUBJECT, Reader, letter_for, local_moment
from verifier.model.evidence import Evidence
from verifier.model.finding import Severity
from verifier.model.text import Shown
from verifier.model.units import BlockNumber, Timestamp
from verifier.model.watching import Kind, Parcel, Standing
from verifier.watch.digest import digest_lines, synthetic

READER = Reader(zone="Europe/Zurich", names=NAMES)


def test_letter__an_operation_that_was_queued__it_says_everything_that_helps_to_decide() -> None:
    letter = letter_for(delivery(), READER)

    assert letter.subject == (
        "WARNING: treasury: An operation has its quorum: it sends 3,000,000 USDC. Veto it unless you know why."
    )
    assert list(letter.lines) == [
        "An operation has its quorum: it sends 3,000,000 USDC. Veto it unless you know why.",
        "Approved by seats 1, 2 and 4.",
        "Executable from Wed 2026-12-02 01:53 CET (Wed 2026-12-02 00:53:20 UTC) (2 days 12 seconds after this).",
        "WARNING counterparty-first-time: Nobody was ever paid here.",
        "Vault treasury: 0x5FbDB2315678afecb367f032d93F642f64180aa3, chain 1.",
        "Operation 0x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f in lane 12.",
        (
            "Seen at Mon 2026-11-30 01:53 CET (Mon 2026-11-30 00:53:08 UTC), block 19000000, "
            "not final yet: you are told if it is taken back."
        ),
        "Evidence: proven: a Merkle proof against a block that enough endpoints agree on.",
        "To do: read it yourself with `fourth-signer show 12 --vault treasury`.",
        "Number 17: acknowledge with `fourth-signer watch ack 17`.",
    ]


def test_letter__a_finding_that_the_judge_listed_too__stands_there_once() -> None:
    usual = letter_for(delivery(), READER)
    listed = (Shown("Approved by seats 1, 2 and 4."), Shown("WARNING: Nobody was ever paid here."))
    assert letter_for(delivery(lines=listed), READER).lines == usual.lines
    other = (*listed, Shown("WARNING: Somebody was paid there."))
    assert "WARNING: Somebody was paid there." in letter_for(delivery(lines=other), READER).lines


def test_letter__a_judge_names_a_command__it_says_for_which_vault() -> None:
    told = "Stop it with `fourth-signer veto 12`, or with `fourth-signer watch ack 17` say that you know."

    named = letter_for(delivery(sentence=Shown(told)), READER)
    unnamed = letter_for(delivery(sentence=Shown(told), vault=OTHER_VAULT), READER)

    assert named.lines[0] == told.replace("veto 12", "veto 12 --vault treasury")
    assert unnamed.lines[0] == told


@pytest.mark.parametrize(
    ("parcel", "begins"),
    [
        (Parcel.UPDATE, "WARNING (update): treasury"),
        (Parcel.RETRACTION, "WARNING (taken back): treasury"),
        (Parcel.ESCALATION, "WARNING (nobody acknowledged): treasury"),
    ],
)
def test_letter__what_follows_on_an_alert__its_first_words_say_so(parcel: Parcel, begins: str) -> None:
    assert letter_for(delivery(parcel), READER).subject.startswith(begins)


def test_letter__a_retraction__it_asks_for_nothing_any_more() -> None:
    letter = letter_for(delivery(Parcel.RETRACTION, standing=Standing.RETRACTED), READER)

    assert letter.lines[0].startswith("This is taken back")
    assert "watch ack" not in letter.body
    assert "To do" not in letter.body


@pytest.mark.parametrize(
    ("evidence", "words"),
    [(Evidence.CLAIMED, "one source"), (Evidence.AGREED, "endpoints as you"), (Evidence.PROVEN, "Merkle")],
)
def test_letter__any_evidence__it_is_said_in_words(evidence: Evidence, words: str) -> None:
    assert words in letter_for(delivery(evidence=evidence), READER).body


@pytest.mark.parametrize(
    ("zone", "moment", "words"),
    [
        ("UTC", NOW, "Mon 2026-11-30 00:53:20 UTC"),
        ("America/New_York", NOW, "Sun 2026-11-29 19:53 EST (Mon 2026-11-30 00:53:20 UTC)"),
        ("Asia/Kolkata", NOW, "Mon 2026-11-30 06:23 IST (Mon 2026-11-30 00:53:20 UTC)"),
        # The hour that comes twice has two names.
        ("Europe/Zurich", 1_792_888_200, "Sun 2026-10-25 02:30 CEST (Sun 2026-10-25 00:30:00 UTC)"),
        ("Europe/Zurich", 1_792_891_800, "Sun 2026-10-25 02:30 CET (Sun 2026-10-25 01:30:00 UTC)"),
        ("Europe/Zurich", 1 << 60, "second 1152921504606846976"),
    ],
)
def test_local_moment__clocks_of_a_place__it_stands_there_with_utc(
    zone: str, moment: int, words: str
) -> None:
    assert local_moment(Timestamp(moment), zone) == words


def test_letter__many_long_lines__what_to_do_is_never_cut_off() -> None:
    lines = tuple(Shown("x" * 4_000) for _ in range(100))

    letter = letter_for(delivery(lines=lines), READER)

    assert letter.lines[-1].startswith("Number 17")
    assert any(line.startswith("... and more") for line in letter.lines)
    assert len(letter.body) < MOST_BODY + 4_000
    assert len(letter.lines) < MOST_LINES + 10


def test_letter__a_digest__its_first_line_is_the_subject() -> None:
    letter = letter_for(digest("Since yesterday, by vault:", "- treasury: 3 operation-queued"), READER)

    assert letter.subject == "Daily digest: Since yesterday, by vault:"
    assert letter.lines == ("Since yesterday, by vault:", "- treasury: 3 operation-queued")


def test_letter__about_a_chain__it_names_no_vault() -> None:
    letter = letter_for(
        delivery(vault=None, kind=Kind.BEHIND, subject="chain", lane=None, operation_id=None), READER
    )

    assert letter.subject.startswith("WARNING: chain 1: ")


def test_letter__the_daily_test__it_says_that_nothing_happened() -> None:
    one = delivery(block=BlockNumber(0))
    letter = letter_for(
        type(one)(
            key="k",
            channel="ops",
            parcel=Parcel.ALERT,
            happening=synthetic("2026-11-30", NOW),
            created_at=NOW,
            due_at=NOW,
        ),
        READER,
    )

    assert letter.subject.startswith("INFO: watcher: This is the daily test of 2026-11-30")
    assert "block" not in letter.body


@given(st.text(max_size=3_000), st.integers(-(1 << 40), 1 << 62))
def test_letter__any_sentence_and_moment__it_is_short_and_printable(text: str, ready: int) -> None:
    from verifier.model.text import sanitise

    letter = letter_for(delivery(sentence=sanitise(text, most=3_000), ready_at=Timestamp(ready)), READER)

    assert len(letter.subject) <= MOST_SUBJECT
    assert all(" " <= letter_ <= "~" for line in (letter.subject, *letter.lines) for letter_ in line)


def test_digest__a_day__it_counts_by_vault_and_names_what_was_grave() -> None:
    from verifier.model.routes import Pulse, Tally

    seen = [
        kept(1, severity=Severity.INFO, kind=Kind.PROPOSED),
        kept(2, severity=Severity.INFO, kind=Kind.PROPOSED),
        kept(3, vault=OTHER_VAULT, severity=Severity.DANGER, kind=Kind.BYPASS),
    ]
    pulse = Pulse(at=NOW, lag={}, pending=2, oldest_undelivered=3_600, tallies={"ops": Tally(failing=4)})

    lines = digest_lines(seen, seen, pulse, NAMES, Timestamp(NOW - 86_400))

    assert lines[0] == "Since Sun 2026-11-29 00:53:20 UTC, by vault:"
    assert lines[1] == f"- {OTHER_VAULT}, chain 1: 1 bypass-made"
    assert lines[2].startswith(
        "- treasury (0x5FbDB2315678afecb367f032d93F642f64180aa3, chain 1): 2 operation-p"
    )
    assert lines[4].startswith("- 3 DANGER ")
    assert lines[-2:] == (
        "Not delivered yet: 2, the oldest for 1 hour.",
        "Channel ops failed 4 times in a row.",
    )


def test_digest__a_quiet_day__it_says_so() -> None:
    from verifier.model.routes import Pulse

    lines = digest_lines([], [], Pulse(at=NOW), NAMES, Timestamp(NOW - 86_400))

    assert lines == ("Since Sun 2026-11-29 00:53:20 UTC, by vault:", "Nothing happened in any vault.")
