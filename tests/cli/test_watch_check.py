"""`fourth-signer watch --check`: what is watched and what is not, who is told and what would go unnoticed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.alerts.receivers import Receiver, receiver
from tests.cli.program import Home
from tests.cli.watchers import call, set_up_watcher, spoil


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiver() as held:
        yield held


@pytest.fixture
def watcher(settled: Home, home: Home, hook: Receiver) -> Home:
    return set_up_watcher(home, settled, hook.url)


def test_check__all_there__every_line_is_well_and_nothing_is_asked(watcher: Home, hook: Receiver) -> None:
    ran = call(watcher, "--check")

    assert ran.code == 0, ran.out
    assert " FAIL " not in ran.out
    assert "treasury" in ran.out
    assert "2 endpoints, 2 of which have to agree" in " ".join(ran.out.split())
    assert ran.out.endswith("All is well.\n")
    assert hook.requests == []
    assert not (watcher.path / "watch.sqlite3").exists()
    assert max(map(len, ran.out.splitlines())) <= 80


@pytest.mark.parametrize(
    ("before", "after", "code", "words"),
    [
        ('[heartbeat]\nurl_file = "hook.url"\nevery = "1s"\n', "", 10, "Nobody notices if this watcher dies"),
        ('[[escalations]]\nafter = "15m"\nchannels = ["here"]\n', "", 10, "there is no escalation"),
        ('[test]\nat = "08:00"\nchannels = ["siem", "hook"]\n', "", 10, "no daily test alert"),
        ('[audit_head]\nat = "08:00"\nchannels = ["siem"]\n', "", 10, "its head is sent nowhere"),
        (
            'url_file = "hook.url"\nsecret',
            'url = "http://a.example/x"\nsecret',
            112,
            "could be read on the way",
        ),
        (
            'url_file = "hook.url"\nsecret',
            'url = "http://a.example/x"\ninsecure = true\nsecret',
            10,
            "may be read on the way",
        ),
    ],
)
def test_check__something_is_missing__it_is_said_in_plain_words(
    watcher: Home, before: str, after: str, code: int, words: str
) -> None:
    spoil(watcher, before, after)

    ran = call(watcher, "--check")

    assert ran.code == code, ran.out
    assert words in " ".join(ran.out.split())


def test_check__nobody_is_told__11_and_watching_refuses(watcher: Home, settled: Home) -> None:
    (watcher.path / "watch.toml").write_text(f'version = 1\nconfiguration = "{settled.config}"\n')

    ran = call(watcher, "--check")
    assert ran.code == 11
    assert "Nobody is told: no channel is configured." in ran.out
    refused = call(watcher)
    assert refused.code == 112
    assert "nobody would be told" in refused.sentence


def test_check__nothing_is_pinned__11_and_watching_refuses(watcher: Home, settled: Home) -> None:
    (watcher.path / "empty.toml").write_text("version = 1\n")
    spoil(watcher, str(settled.config), "empty.toml")

    ran = call(watcher, "--check")
    assert ran.code == 11
    assert "Nothing is watched: no vault is pinned." in ran.out
    refused = call(watcher)
    assert refused.code == 112
    assert "nothing would be watched" in refused.sentence


def test_check__a_vault_that_nobody_is_told_of__11(watcher: Home, settled: Home) -> None:
    text = settled.config.read_text()
    pinned = text[text.index("[vaults.treasury]") : text.index("[chains.")]
    other = pinned.replace("vaults.treasury", "vaults.payroll")
    address = next(line for line in other.splitlines() if line.startswith("address"))
    other = other.replace(address, 'address = "0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512"')
    (watcher.path / "two.toml").write_text(text + "\n" + other)
    spoil(watcher, str(settled.config), "two.toml")
    for kind in ("siem", "hook", "here"):
        spoil(watcher, f"[channels.{kind}]\n", f'[channels.{kind}]\nvaults = ["treasury"]\n')

    ran = call(watcher, "--check")

    assert ran.code == 11
    assert "No channel is told of all danger to this vault" in " ".join(ran.out.split())
