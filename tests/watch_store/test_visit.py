"""Looking into a store from beside its watcher: what one sees, and that nobody notices."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.watch_store.files import change
from tests.watch_store.stores import open_file, open_place
from tests.watch_store.story import CHAIN, OTHER, VAULT, at, fact, happening, look, rich_happening
from verifier.errors import WatchStoreCorrupt, WatchStoreError, WatchStoreUnusable
from verifier.model.address import Address
from verifier.model.episodes import TellingState, WatchView
from verifier.model.finding import Severity
from verifier.model.routes import WATCHER
from verifier.model.text import Shown
from verifier.model.units import BlockNumber
from verifier.model.watching import Delivery, Kind, Parcel, Standing, WatchStep
from verifier.store.watch_store import DatabaseWatchStore
from verifier.store.watch_visit import WatchVisit

LEASE = 60
STRANGER = Address(b"\x22" * 20)


def visit(place: Path | str) -> WatchVisit:
    return WatchVisit(str(place), leases={WATCHER: 120}, usual_lease=LEASE)


def view(place: Path | str, *, now: int = 200, since: int = 0, vault: Address = VAULT) -> WatchView:
    return visit(place).view(CHAIN, vault, since=at(since), least=Severity.NOTICE, now=at(now))


def tell_story(store: DatabaseWatchStore) -> None:
    """Let something ring, be answered, be taken back, and be said once a day."""
    assert store.lease_chain(CHAIN, "watch-1", now=at(190), seconds=LEASE)
    seen = (fact("seat/1", "x", 70),)
    store.keep(
        look(70, rich_happening(), happening(8, 70), channels=("pager", "log"), facts=seen), now=at(100)
    )
    store.keep(look(71, happening(9, 71), happening(4, 71, severity=Severity.INFO)), now=at(101))
    store.keep(look(72, retracted=(happening(9, 71).key,), final=BlockNumber(70)), now=at(102))
    store.keep(
        look(72, happening(3, 72, vault=STRANGER), happening(5, 72, vault=None, subject="head")), now=at(103)
    )
    store.keep(
        look(
            72,
            happening(6, 72, vault=None, kind=Kind.TEST, chain_id=WATCHER, subject="test/1"),
            channels=(),
        ),
        now=at(103),
    )
    (one,) = store.claim("pager", "me", now=at(104), most=1)
    store.delivered(one, now=at(104), reply=Shown("ok"))
    (two,) = store.claim("log", "me", now=at(104), most=1)
    store.failed(two, now=at(104), why=Shown("It is down."), retry_at=at(400))
    numbers = {each.happening.subject: each.number for each in store.open_episodes(least=Severity.NOTICE)}
    store.acknowledge(numbers["operation/8"], who=Shown("Ann"), now=at(105))
    digest = Delivery(
        key="log:digest:1",
        channel="log",
        parcel=Parcel.DIGEST,
        happening=None,
        text=(Shown("All is quiet."),),
        created_at=at(106),
        due_at=at(106),
    )
    store.keep(WatchStep(chain_id=WATCHER, deliveries=(digest,)), now=at(106))


def assert_told(place: Path | str, found: WatchView) -> None:
    stand = found.chains[CHAIN]
    assert (stand.block, stand.block_at, stand.follower) == (72, at(72), "watch-1")
    assert found.has_vault
    subjects = {each.gravest.happening.subject: each for each in found.episodes}
    # Not: what is about another vault, what is a test, and what is routine.
    assert set(subjects) == {"operation/7", "operation/8", "operation/9", "head"}
    assert subjects["operation/8"].gravest.acknowledged_by == "Ann"
    assert subjects["operation/9"].is_taken_back
    assert subjects["operation/7"].gravest.standing is Standing.CONFIRMED
    assert found.channels == {"pager", "log"}
    assert found.failing == {"log": "It is down."}
    assert found.waiting[Shown("log")][0] == 3
    assert found.daily[Parcel.DIGEST].text == ("All is quiet.",)
    assert found.head is not None
    tellings = visit(place).tellings(subjects["operation/7"].name, now=at(200))
    assert [(each.told_channel, each.state, each.attempts) for each in tellings] == [
        ("pager", TellingState.DELIVERED, 1),
        ("log", TellingState.PENDING, 1),
    ]
    assert (tellings[0].reply, tellings[1].failure) == ("ok", "It is down.")


def test_view__of_a_file__everything_about_one_vault_and_its_chain(tmp_path: Path) -> None:
    place = tmp_path / "watch.sqlite3"
    with open_file(place) as store:
        tell_story(store)
        found = view(place)
        assert_told(place, found)
        assert found.chains[CHAIN].alive_at == at(190)
        store.release_chain(CHAIN, "watch-1")
        # In good order: nobody follows it, and who did is known.
        assert view(place).chains[CHAIN].alive_at is None
        assert view(place).chains[CHAIN].follower == "watch-1"


def test_view__of_a_database_that_several_share__the_same(database: str) -> None:
    with open_place(database) as store:
        tell_story(store)
        assert_told(database, view(database))


def test_view__what_is_over_for_longer__only_what_waits_is_shown(tmp_path: Path) -> None:
    place = tmp_path / "watch.sqlite3"
    with open_file(place) as store:
        tell_story(store)
    found = view(place, since=150)
    assert {each.gravest.happening.subject for each in found.episodes} == {"operation/7", "head"}


def test_view__of_a_vault_that_nobody_looked_at__says_so(tmp_path: Path) -> None:
    place = tmp_path / "watch.sqlite3"
    with open_file(place) as store:
        tell_story(store)
    found = visit(place).view(OTHER, VAULT, since=at(0), least=Severity.NOTICE, now=at(200))
    assert not found.has_vault
    assert OTHER not in found.chains
    assert found.episodes == ()


def test_visit__beside_a_watcher__writes_nothing_and_keeps_nobody_out(tmp_path: Path) -> None:
    place = tmp_path / "watch.sqlite3"
    with open_file(place) as store:
        tell_story(store)
    before, visitor = place.read_bytes(), visit(place)
    name = view(place).episodes[0].name
    visitor.tellings(name, now=at(200))
    assert place.read_bytes() == before
    # Nothing of it is open: no log beside the file that would be taken for that of a copy put in its place.
    assert sorted(each.name for each in tmp_path.iterdir()) == ["watch.sqlite3", "watch.sqlite3.lock"]
    with open_file(place) as store:
        store.keep(look(73, happening(20, 73)), now=at(201))
        assert any(each.latest.happening.subject == "operation/20" for each in view(place, now=201).episodes)


def test_visit__no_store_or_a_damaged_one__is_refused_and_none_is_made(tmp_path: Path) -> None:
    place = tmp_path / "watch.sqlite3"
    with pytest.raises(WatchStoreUnusable):
        view(place)
    assert not place.exists()
    with open_file(place) as store:
        tell_story(store)
    view(place)
    # Pages are looked through once; what makes no sense is found whenever it is read.
    change(place, "UPDATE watch_happenings SET body = '{}' WHERE number = 1")
    with pytest.raises(WatchStoreCorrupt):
        view(place)
    change(place, "DROP TABLE watch_leases")
    with pytest.raises(WatchStoreError):
        view(place)
