"""Whether anybody watches a vault: what a signer is told, from what is known of the watcher."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.alerts.samples import kept
from tests.desk.fakes import NOW, VAULT
from verifier.desk.watching import WatchReport, WatchSetup, judge_watch, ordered, why_no_acknowledgement
from verifier.model.episodes import ChainStand, Episode, WatchView
from verifier.model.finding import Severity
from verifier.model.text import Shown
from verifier.model.units import BlockNumber, ChainId, Timestamp
from verifier.model.watching import Kept, Kind, Standing

CHAIN = ChainId(31_337)
SETUP = WatchSetup(file=Shown("watch.toml"), has_vault=True, channels=frozenset({Shown("ops")}))
STAND = ChainStand(
    block=BlockNumber(99),
    block_at=Timestamp(NOW - 24),
    alive_at=Timestamp(NOW - 8),
    follower=Shown("watch-1"),
)


def report(
    setup: WatchSetup = SETUP, stand: ChainStand | None = STAND, trouble: str = "", **view: Any
) -> WatchReport:
    usual: dict[str, Any] = {
        "chains": {} if stand is None else {CHAIN: stand},
        "has_vault": True,
        "episodes": (),
    }
    return WatchReport(
        at=NOW,
        chain_id=CHAIN,
        vault=VAULT,
        setup=setup,
        view=None if trouble else WatchView(**{**usual, **view}),
        trouble=Shown(trouble) if trouble else None,
    )


def test_judge__looked_just_now_and_told_all__somebody_watches() -> None:
    found = judge_watch(report(), head=BlockNumber(100), now=NOW)
    assert (found.word, found.severity) == ("WATCHED", Severity.INFO)
    assert found.sentence == (
        "Somebody watches this vault, and looked 8 seconds ago; read up to block 99, 1 block and 24 seconds behind. "
        "Everything that was to be told is told."
    )


def test_judge__no_block_behind__says_so_whatever_the_time() -> None:
    found = judge_watch(report(), head=BlockNumber(99), now=NOW)
    assert "read up to block 99, the newest that you have read." in found.sentence


@pytest.mark.parametrize(
    ("found", "word", "said"),
    [
        (report(WatchSetup(file=None)), "NOT WATCHED", "put a watch.toml beside your configuration"),
        (
            report(trouble="It is damaged."),
            "NOT KNOWN",
            "Nobody can tell whether this vault is watched. It is damaged.",
        ),
        (
            report(replace(SETUP, has_vault=False)),
            "NOT WATCHED",
            "does not watch this vault: its vaults are others",
        ),
        (
            report(replace(SETUP, is_new=True)),
            "NEVER LOOKED",
            "start it with `fourth-signer watch --config watch.toml`",
        ),
        (report(stand=None), "NEVER LOOKED", "has never looked at this vault"),
        (
            report(stand=replace(STAND, alive_at=None)),
            "STOPPED",
            "the watcher was stopped; read up to block 99",
        ),
        (
            report(stand=replace(STAND, alive_at=Timestamp(NOW - 181))),
            "SILENT",
            "gave no sign of life for 3 minutes 1 second; read up to block 99, 1 block and 24 seconds behind.",
        ),
        (report(replace(SETUP, channels=frozenset())), "NOT TOLD", "tells nobody: no channel is configured"),
    ],
    ids=["nowhere", "unreadable", "other-vaults", "no-store", "no-block", "stopped", "silent", "no-channel"],
)
def test_judge__nobody_can_be_relied_on__is_danger_and_says_why(
    found: WatchReport, word: str, said: str
) -> None:
    verdict = judge_watch(found, head=BlockNumber(100), now=NOW)
    assert (verdict.word, verdict.severity) == (word, Severity.DANGER)
    assert said in verdict.sentence


@pytest.mark.parametrize(
    ("found", "word", "said"),
    [
        (report(has_vault=False), "BEGINNING", "has not read this vault yet"),
        (
            report(stand=replace(STAND, block=BlockNumber(50), block_at=Timestamp(NOW - 600))),
            "BEHIND",
            "50 blocks",
        ),
        (
            report(replace(SETUP, is_answering=False), replace(STAND, alive_at=Timestamp(NOW - 61))),
            "NO ANSWER",
            "does not answer, and gave its last sign of life 1 minute 1 second ago",
        ),
        (
            report(replace(SETUP, ailment=Shown("The store does not answer."))),
            "NOT WELL",
            "The store does not answer.",
        ),
        (
            report(waiting={Shown("ops"): (3, 7_200)}),
            "NOT TOLD",
            "ops was not told for 2 hours. It looked 8 seconds ago",
        ),
    ],
    ids=["beginning", "behind", "unanswered", "ailing", "undelivered"],
)
def test_judge__the_watcher_runs_and_does_not_do_all__is_a_warning(
    found: WatchReport, word: str, said: str
) -> None:
    verdict = judge_watch(found, head=BlockNumber(100), now=NOW)
    assert (verdict.word, verdict.severity) == (word, Severity.WARNING)
    assert said in verdict.sentence


def test_judge__a_chain_that_stands_still__is_not_behind_where_this_client_reads_no_newer_block() -> None:
    still = report(stand=replace(STAND, block_at=Timestamp(NOW - 9_000)))
    assert judge_watch(still, head=BlockNumber(99), now=NOW).word == "WATCHED"
    # Where nothing else is known, it may as well be the watcher that is behind.
    assert judge_watch(still, head=None, now=NOW).word == "BEHIND"


def test_judge__no_answer_and_yet_alive_just_now__is_somebody_who_watches_from_elsewhere() -> None:
    found = judge_watch(report(replace(SETUP, is_answering=False)), head=None, now=NOW)
    assert found.word == "WATCHED"


def test_judge__what_waits_for_a_channel_of_long_ago__does_not_count() -> None:
    found = report(waiting={Shown("gone"): (9, 99_999)})
    assert judge_watch(found, head=None, now=NOW).word == "WATCHED"
    few = report(waiting={Shown("ops"): (2, 30)})
    assert "Not delivered yet: 2, the oldest for 30 seconds." in judge_watch(few, head=None, now=NOW).sentence


def test_judge__configuration_of_somebody_who_looks_on__goes_by_the_channels_of_the_store() -> None:
    setup = replace(SETUP, channels=frozenset())
    told = report(setup, channels=frozenset({Shown("ops")}), waiting={Shown("ops"): (1, 9_000)})
    assert judge_watch(told, head=None, now=NOW).sentence.startswith(
        "The watcher sees this vault, and ops was not told for 2 hours 30 minutes."
    )
    assert judge_watch(replace(told, view=report(setup).view), head=None, now=NOW).word == "NOT TOLD"


def episode(number: int, *severities: Severity, **more: Any) -> Episode:
    found = tuple(
        replace(kept(number + i, first_seen=NOW + number + i, severity=severity), **more)
        for i, severity in enumerate(severities)
    )
    return Episode(kept=found)


def test_ordered__what_waits_first_then_the_gravest_then_the_newest() -> None:
    known = {"acknowledged_by": Shown("Ann"), "acknowledged_at": NOW}
    old, new = episode(1, Severity.WARNING), episode(5, Severity.WARNING, Severity.INFO)
    danger, done = episode(3, Severity.DANGER), episode(9, Severity.DANGER, **known)
    gone = episode(11, Severity.DANGER, standing=Standing.RETRACTED)
    assert list(ordered([old, done, new, danger, gone])) == [danger, new, old, gone, done]


def test_episode__acknowledged_and_then_graver__is_open_again_and_called_by_what_is_new() -> None:
    first = replace(kept(1, severity=Severity.DANGER), acknowledged_by=Shown("Ann"), acknowledged_at=NOW)
    later: Kept = kept(2, first_seen=NOW + 1, severity=Severity.WARNING, kind=Kind.READY)
    assert not Episode(kept=(first,)).is_open
    both = Episode(kept=(first, later))
    assert (both.is_open, both.gravest.number) == (True, 2)


def test_why_no_acknowledgement__only_what_stands_and_waits_has_one() -> None:
    known = {"acknowledged_by": Shown("Ann"), "acknowledged_at": NOW}
    assert why_no_acknowledgement(episode(1, Severity.WARNING)) == ""
    assert why_no_acknowledgement(episode(1, Severity.WARNING, **known)).startswith("Ann acknowledged it")
    assert "taken back" in why_no_acknowledgement(episode(1, Severity.WARNING, standing=Standing.RETRACTED))
    assert why_no_acknowledgement(None) == "Choose what the watcher told."
