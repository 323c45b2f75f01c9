"""The Watch screen on a real store: whether anybody watches, what rang, whom it was told, and who knows of it."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from tests.desk.fakes import NOW, FakeClock, lane_of
from tests.tui.pilots import LARGE, in_terminal, press, settle, text_of, words_of
from tests.tui.scene import make_scene, theft
from tests.tui.test_sign import messages
from tests.tui.watching import HOUR, Watched, desk_at, set_up, told, watched
from verifier.cli.arguments import make_parser
from verifier.cli.serve import command_of, surroundings_of
from verifier.cli.terminal_offers import with_watching
from verifier.model.finding import Severity
from verifier.model.life import Status
from verifier.model.text import Shown
from verifier.model.tier import Tier
from verifier.model.units import Timestamp
from verifier.model.watching import Happening, Kept
from verifier.tui.app import Terminal
from verifier.tui.form import FormScreen
from verifier.tui.operation import OperationScreen
from verifier.tui.watch import WatchScreen


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Watched]:
    with told(tmp_path) as found:
        yield found


def rows_of(app: Terminal) -> list[str]:
    """Return what stands in each row, in one line each."""
    rows = app.screen.query_one("#episodes", OptionList)
    return [" ".join(str(option.prompt).split()) for option in rows.options]


def test_watch__a_day_of_alerts__says_who_watches_what_rang_and_whom_it_was_told(story: Watched) -> None:
    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "6")
        assert isinstance(app.screen, WatchScreen)
        said = words_of(app)
        assert "NOT TOLD The watcher sees this vault, and pager was not told for 20 hours." in said
        assert "It looked 8 seconds ago; read up to block 99, 1 block and 24 seconds behind." in said
        assert "Not watched, or not told: escalation, test, heartbeat." in said
        rows = rows_of(app)
        assert "DANGER" in rows[0]
        assert (
            rows[1]
            .split(" ", 1)[1]
            .startswith("warn ready in 1d 19h lane 0: queued nobody yet Sends 40,000,000.000000 USDC")
        )
        assert "lane 8: objected Ann" in rows[-3]
        assert "taken back chain behind" in rows[-2]
        assert rows[-1].startswith("- The watcher itself")
        await press(app, pilot, "down")
        said = words_of(app)
        assert "known to nobody yet ready Sun 2027-01-17 03:00:00 UTC, in 1 day 19 hours" in said
        # In order: how it began, with what was new by that, and the newest step whole.
        begun, queued = said.index("operation proposed"), said.index("operation queued, not final yet")
        assert begun < queued < said.index("Published by", begun)
        assert "told ops (update): sent Fri 2027-01-15 03:00:00 UTC, which answered: written" in said
        assert "told pager (alert): NOT SENT YET, failed 1 time: The channel pager did not take" in said
        assert "evidence proven, at block 98" in said

    in_terminal(story.scene, walk, size=LARGE, **story.options)


def test_watch__the_watcher_itself__its_chains_what_waits_what_is_not_watched_and_its_digest(
    story: Watched,
) -> None:
    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "6", "end")
        said = words_of(app)
        assert "31337 this vault's: block 99, 24 seconds ago; looked 8 seconds ago; 1 block behind" in said
        assert "followed by watch-test" in said
        assert "pager 6, the oldest for 20 hours. It failed: The channel pager did not take a message" in said
        assert "warn heartbeat: Nobody notices if this watcher dies" in said
        assert "note assets: What moves of assets that no policy lists is not watched." in said
        assert "THE LAST DIGEST told ops: sent" in said
        assert "Head of the audit log: record" in said
        assert "checked not since this was opened" in said

    in_terminal(story.scene, walk, size=LARGE, **story.options)


def test_watch__by_key_palette_and_help__is_a_place_like_the_others(story: Watched) -> None:
    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        commands = {each.title: each for each in app.get_system_commands(app.screen)}
        commands["Watch"].callback()
        await settle(app, pilot)
        assert isinstance(app.screen, WatchScreen)
        named = {each.title: each.help for each in app.get_system_commands(app.screen)}
        assert named["Acknowledge (k)"].startswith("Says that you know of number")
        await press(app, pilot, "question_mark")
        said = words_of(app)
        assert "6 Show watch" in said
        assert "k Say that you know of it: no escalation" in said
        assert "watcher A program that follows the vault day and night" in said
        await press(app, pilot, "escape", "1")
        line = text_of(app).splitlines()[-1]
        await pilot.click(offset=(line.index("6 Watch"), len(text_of(app).splitlines()) - 1))
        await settle(app, pilot)
        assert isinstance(app.screen, WatchScreen)

    in_terminal(story.scene, walk, size=LARGE, **story.options)


def test_acknowledge__in_ones_own_name_or_another__is_kept_as_the_command_keeps_it(
    story: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "bob")
    before = story.store.audit_head()
    number = story.number_of("operation-queued", lane=0)

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "6", "down", "k")
        assert isinstance(app.screen, FormScreen)
        assert app.screen.query_one(Input).value == "bob"
        # Enter leads to Cancel, and that does nothing.
        await press(app, pilot, "enter", "enter")
        assert isinstance(app.screen, WatchScreen)
        assert story.store.audit_head() == before
        await press(app, pilot, "k")
        app.screen.query_one(Input).value = "Eve <b>\u202e"
        await press(app, pilot, "enter", "tab", "enter")
        said = messages(app)[-1]
        assert "Eve <b>\\u{202e} knows of number" in said
        assert "Nobody else is told for lack of an answer, unless it becomes graver." in said
        (row,) = [each for each in rows_of(app) if "lane 0: queued" in each]
        assert "Eve <b>\\u{202e}" in row
        # It is where the reader was, though it went down in the list.
        assert f"known to Eve <b>\\u{{202e}}, {'Fri 2027-01-15'}" in words_of(app)
        await press(app, pilot, "k")
        assert messages(app)[-1].endswith("acknowledged it, and the first to say so stays.")

    in_terminal(story.scene, walk, size=LARGE, **story.options)
    (found,) = [each for each in kept_of(story) if each.number == number]
    assert (found.acknowledged_by, found.acknowledged_at) == ("Eve <b>\\u{202e}", NOW)
    head = story.store.audit_head()
    assert head is not None
    assert (head.kind, head.identity) == ("acknowledgement", "Eve <b>\\u{202e}")


def test_acknowledge__somebody_was_faster__says_who_and_changes_nothing(story: Watched) -> None:
    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "6", "down", "k")
        number = story.number_of("operation-queued", lane=0)
        story.store.acknowledge(number, who=Shown("Gus"), now=Timestamp(NOW - 1))
        await press(app, pilot, "tab", "tab", "enter")
        assert "Gus acknowledged number" in messages(app)[-1]
        assert "that stays" in messages(app)[-1]
        (row,) = [each for each in rows_of(app) if "lane 0: queued" in each]
        assert "Gus" in row

    in_terminal(story.scene, walk, size=LARGE, **story.options)


def test_acknowledge__nothing_is_chosen_or_it_was_taken_back__is_dim_and_says_why(story: Watched) -> None:
    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "6", "end", "k")
        assert messages(app)[-1] == "Acknowledge: Choose what the watcher told."
        assert app.screen.check_action("do", ("acknowledge",)) is None
        await press(app, pilot, "up", "k")
        assert messages(app)[-1] == "Acknowledge: It was taken back: nothing waits for an answer."
        assert isinstance(app.screen, WatchScreen)

    in_terminal(story.scene, walk, size=LARGE, **story.options)


def test_enter__on_an_operation__opens_it_unless_its_lane_has_gone_on(story: Watched) -> None:
    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "6", "down", "enter")
        opened = app.screen
        assert isinstance(opened, OperationScreen)
        assert opened.lane == 0
        await press(app, pilot, "escape")
        assert app.screen.query_one("#episodes", OptionList).highlighted == 1
        story.scene.change(
            0, lane_of(replace(theft(), approve_by=Timestamp(NOW + 5)), 1, tier=Tier.HIGH_VALUE)
        )
        await press(app, pilot, "r", "enter")
        assert messages(app)[-1] == "Lane 0 holds another operation now; look for this one in History."
        await press(app, pilot, "end", "up", "enter")
        assert messages(app)[-1] == "It is about no operation."

    in_terminal(story.scene, walk, size=LARGE, **story.options)


def test_watch__something_rings_meanwhile__is_there_and_moves_nobody(story: Watched) -> None:
    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "6", "down", "down")
        rows = app.screen.query_one("#episodes", OptionList)
        chosen = rows.get_option_at_index(rows.highlighted or 0).id
        count = rows.option_count
        story.clock.time = story.scene.now = Timestamp(NOW + 60)
        story.scene.change(0, lane_of(theft(), 1, 2, 3, status=Status.VETOED, tier=Tier.HIGH_VALUE))
        story.look(block=101)
        await press(app, pilot, "r")
        assert rows.option_count == count
        assert rows.get_option_at_index(rows.highlighted or 0).id == chosen
        (row,) = [each for each in rows_of(app) if "lane 0: vetoed" in each]
        assert "vetoed" in row
        story.keep(replace(alarm(story), subject="endpoints", severity=Severity.DANGER), block=101)
        await press(app, pilot, "r")
        assert rows.option_count == count + 1
        assert rows.get_option_at_index(rows.highlighted or 0).id == chosen

    in_terminal(story.scene, walk, size=LARGE, **story.options)


def test_watch__endpoints_hang__what_the_watcher_saw_is_shown_all_the_same(story: Watched) -> None:
    hangs, goes_on = threading.Event(), threading.Event()

    def hang() -> None:
        hangs.set()
        goes_on.wait()

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "6")
        story.scene.before = hang
        await pilot.press("r")
        while not hangs.is_set():
            await pilot.pause(0.01)
        story.keep(replace(alarm(story), subject="endpoints", severity=Severity.DANGER), block=100)
        # Pressed again: a reading that was on its way is not begun anew, and may be of a moment before.
        while "endpoints-were-here" not in " ".join(rows_of(app)):
            await pilot.press("r")
            await pilot.pause(0.01)
        goes_on.set()
        await settle(app, pilot)

    in_terminal(story.scene, walk, size=LARGE, **story.options)


def test_log__whole__is_looked_at_record_by_record_and_said(story: Watched) -> None:
    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "6", "l")
        head = story.store.audit_head()
        assert head is not None
        assert messages(app)[-1] == "The audit log is whole: each record holds to the one before it."
        assert f"checked whole: {head.number} records, each holding to the one before it" in words_of(app)

    in_terminal(story.scene, walk, size=LARGE, **story.options)


def test_log__a_record_was_changed__is_said_with_its_number(story: Watched) -> None:
    with closing(sqlite3.connect(story.folder / "watch.sqlite3")) as connection:
        connection.execute("UPDATE watch_audit SET at = at + 1 WHERE number = 3")
        connection.commit()

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "6", "l")
        assert "The audit log is broken at record 3" in messages(app)[-1]
        assert "CHECKED The audit log is broken at record 3" in words_of(app)

    in_terminal(story.scene, walk, size=LARGE, **story.options)


def test_watch__nobody_watches__says_so_in_red_and_how_to_have_somebody(tmp_path: Path) -> None:
    scene = make_scene()
    desk = desk_at(tmp_path, FakeClock(), is_named=False)
    found: dict[str, Any] = {"watching": with_watching(scene.source(), lambda: desk).watching}

    async def nowhere(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "6")
        said = words_of(app)
        assert "NOT WATCHED Nobody is known here to watch this vault: put a watch.toml" in said
        # A configuration comes, and no store; then one that makes no sense.
        set_up(tmp_path)
        await press(app, pilot, "r")
        assert "NEVER LOOKED A watcher is configured and has never looked" in words_of(app)
        assert not (tmp_path / "watch.sqlite3").exists()
        (tmp_path / "watch.toml").write_text("version = 1\nconfguration = 3\n")
        await press(app, pilot, "r")
        assert (
            "NOT KNOWN Nobody can tell whether this vault is watched. The watcher's configuration"
            in words_of(app)
        )
        (tmp_path / "watch.sqlite3").write_bytes(b"nonsense" * 100)
        set_up(tmp_path)
        await press(app, pilot, "r", "l")
        assert "is damaged: it is no SQLite file" in words_of(app)
        assert messages(app)[-1] == "Log: There is none that could be looked at."

    in_terminal(scene, nowhere, size=LARGE, **found)


def test_watch__the_watcher_stops_and_falls_silent__the_clock_alone_says_it(tmp_path: Path) -> None:
    with watched(tmp_path) as found:
        found.clock.time = Timestamp(NOW)
        found.look(block=100)
        found.deliver()

        async def walk(app: Terminal, pilot: Pilot[None]) -> None:
            await press(app, pilot, "6")
            assert "WATCHED Somebody watches this vault, and looked 0 seconds ago" in words_of(app)
            # Nothing is asked again: time passes.
            found.scene.now = Timestamp(NOW + 181)
            app.screen.refresh_bar()  # type: ignore[attr-defined]
            await pilot.pause()
            assert "SILENT The watcher gave no sign of life for 3 minutes 1 second" in words_of(app)
            found.scene.now = NOW
            found.store.release_chain(found.scene.reader.reading.head.chain_id, "watch-test")
            await press(app, pilot, "r")
            assert "STOPPED Nobody watches this vault now: the watcher was stopped" in words_of(app)

        in_terminal(found.scene, walk, size=LARGE, **found.options)


def test_watch__hostile_words_in_the_store__are_shown_as_text_or_called_damaged(story: Watched) -> None:
    place = story.folder / "watch.sqlite3"
    hostile = "\x1b]0;P\x07[b]\u202e"

    def spoil(statement: str) -> None:
        with closing(sqlite3.connect(place)) as connection:
            connection.execute(statement, (hostile,))
            connection.commit()

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        spoil("UPDATE watch_leases SET holder = ?")
        await press(app, pilot, "6", "end")
        assert "followed by \\u{1b}]0;P\\u{7}[b]\\u{202e}" in words_of(app)
        assert "\x1b" not in text_of(app)
        spoil("UPDATE watch_happenings SET acknowledged_by = ? WHERE acknowledged_by IS NOT NULL")
        await press(app, pilot, "r")
        assert "NOT KNOWN Nobody can tell whether this vault is watched." in words_of(app)
        assert "is damaged" in words_of(app)
        assert "\x1b" not in text_of(app)

    in_terminal(story.scene, walk, size=LARGE, **story.options)


def test_watch__on_a_wall_or_on_a_file__only_shows(story: Watched) -> None:
    async def looked_at(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "6", "k", "l")
        assert isinstance(app.screen, WatchScreen)
        assert messages(app) == []
        assert "Acknowledge" not in text_of(app)
        assert "The watcher sees this vault" in words_of(app)

    in_terminal(story.scene, looked_at, size=LARGE, may_act=False, **story.options)

    async def offline(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "6")
        assert "nobody is asked who watches the vault" in words_of(app)

    in_terminal(story.scene, offline)


def test_acknowledge__a_file_of_an_older_release__is_refused_and_nothing_else_changes(story: Watched) -> None:
    with closing(sqlite3.connect(story.folder / "watch.sqlite3")) as connection:
        connection.execute("UPDATE watch_meta SET value = '99' WHERE name = 'version'")
        connection.commit()

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "6")
        assert "has version 99 of its tables" in words_of(app)
        await press(app, pilot, "k")
        assert messages(app)[-1] == "Acknowledge: Choose what the watcher told."

    in_terminal(story.scene, walk, size=LARGE, **story.options)


def test_watch__by_a_file_that_names_the_store_alone__shows_what_the_watcher_shows(story: Watched) -> None:
    (story.folder / "watch.toml").write_text('version = 1\nconfiguration = "config.toml"\n')

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "6")
        said = words_of(app)
        assert "pager was not told for 20 hours" in said
        # What the watcher's own file says of escalation and the like is not known here.
        assert "Not watched, or not told" not in said
        await press(app, pilot, "end")
        assert "note assets: What moves of assets that no policy lists is not watched." in words_of(app)

    in_terminal(story.scene, walk, size=LARGE, **story.options)


def test_serve__the_watchers_file__is_handed_on_to_the_display() -> None:
    options = make_parser().parse_args(["serve", "--watch", "w.toml"])
    assert "--watch=w.toml" in command_of(options)
    assert surroundings_of({"FOURTH_SIGNER_WATCH": "w.toml", "HOOK": "secret"}) == {
        "FOURTH_SIGNER_WATCH": "w.toml"
    }


def test_path__said_by_an_argument_or_a_variable_or_by_nobody__in_that_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOURTH_SIGNER_WATCH", str(tmp_path / "elsewhere.toml"))
    assert desk_at(tmp_path, FakeClock()).path == tmp_path / "watch.toml"
    assert desk_at(tmp_path, FakeClock(), is_named=False).path == tmp_path / "elsewhere.toml"
    # Somebody says that there is one: then it is an error that there is none.
    assert "there is no such file" in (desk_at(tmp_path, FakeClock(), is_named=False).look().trouble or "")
    monkeypatch.delenv("FOURTH_SIGNER_WATCH")
    desk = desk_at(tmp_path, FakeClock(), is_named=False)
    assert desk.path == tmp_path / "watch.toml"
    assert desk.look().setup.file is None


def alarm(story: Watched) -> Happening:
    """Return something about the chain itself."""
    (found,) = [each.happening for each in kept_of(story) if each.happening.kind == "chain-behind"]
    return replace(found, occasion=str(story.clock.time), sentence=Shown("endpoints-were-here"), pages=None)


def kept_of(story: Watched) -> list[Kept]:
    return list(story.store.happenings(Timestamp(0), Timestamp(NOW + HOUR), least=Severity.INFO))
