"""What tests of a watcher's store do again and again: claim, deliver, and look how things stand."""

from __future__ import annotations

from tests.watch_store.story import (
    at,
)
from verifier.model.finding import Severity
from verifier.model.text import Shown
from verifier.model.watching import (
    Delivery,
    Parcel,
    Standing,
)
from verifier.ports import WatchStore

ME = "the watcher"
OK = Shown("taken")


def claim(
    store: WatchStore, channel: str = "pager", *, now: int = 10, most: int = 100
) -> tuple[Delivery, ...]:
    return store.claim(channel, ME, now=at(now), most=most)


def deliver_all(store: WatchStore, channel: str = "pager", *, now: int = 10) -> list[Delivery]:
    """Deliver what is due, round by round: what tells of one happening comes one after the other."""
    found: list[Delivery] = []
    while given := claim(store, channel, now=now):
        for delivery in given:
            store.delivered(delivery, now=at(now), reply=OK)
            found.append(delivery)
    return found


def parcels(
    deliveries: list[Delivery] | tuple[Delivery, ...],
) -> list[tuple[Parcel, str]]:
    return [(each.parcel, each.happening.subject if each.happening else "") for each in deliveries]


def standings(store: WatchStore) -> dict[str, Standing]:
    found = store.happenings(at(-1_000), at(1_000_000), least=Severity.INFO)
    return {each.happening.subject: each.standing for each in found}
