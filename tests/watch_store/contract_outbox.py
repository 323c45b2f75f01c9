"""What a WatchStore has to do with deliveries, acknowledgements, leases and the audit log."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.watch_store.asking import OK, claim, deliver_all, parcels
from tests.watch_store.story import (
    CHAIN,
    OTHER,
    alert,
    at,
    happening,
    look,
)
from verifier.errors import HappeningUnknown
from verifier.model.finding import Severity
from verifier.model.text import Shown
from verifier.model.units import BlockNumber
from verifier.model.watching import (
    Delivery,
    Health,
    Kind,
    Parcel,
    WatchStep,
)
from verifier.ports import WatchStore


class OutboxContract:
    """The tests. `store` is empty at the start of each."""

    # -------------------------------------------------------------------------------------------------------- Outbox

    def test_claim__what_is_due__once_and_for_its_channel_only(self, store: WatchStore) -> None:
        told = happening(1, 5)
        late = alert(happening(2, 5), due=50)
        step = look(
            5,
            told,
            happening(2, 5),
            deliveries=(alert(told), late, alert(told, "file")),
        )
        store.keep(step, now=at(0))
        (given,) = claim(store, "pager", now=10)
        assert given.happening == told
        assert given.number is not None
        assert claim(store, "pager", now=10) == ()
        assert [each.channel for each in claim(store, "file", now=10)] == ["file"]
        assert claim(store, "other", now=10) == ()
        assert parcels(claim(store, "pager", now=50)) == [(Parcel.ALERT, "operation/2")]

    def test_claim__danger_among_others__comes_first_and_the_rest_in_order(self, store: WatchStore) -> None:
        several = [happening(i, 5) for i in (1, 2, 3)] + [happening(4, 5, severity=Severity.DANGER)]
        store.keep(look(5, *several), now=at(0))
        found = [*claim(store, most=2), *claim(store, most=2)]
        assert [subject[-1] for _, subject in parcels(found)] == ["4", "1", "2", "3"]

    def test_failed__it_comes_again_when_it_is_due(self, store: WatchStore) -> None:
        store.keep(look(5, happening(1, 5)), now=at(0))
        (given,) = claim(store)
        store.failed(given, now=at(10), why=Shown("busy"), retry_at=at(60))
        assert claim(store, now=59) == ()
        (again,) = claim(store, now=60)
        assert (again.key, again.attempts, again.failure) == (given.key, 1, "busy")
        store.delivered(again, now=at(61), reply=OK)
        assert claim(store, now=10_000) == ()

    def test_keep__a_digest__a_delivery_without_a_happening(self, store: WatchStore) -> None:
        digest = Delivery(
            key="pager:digest:2026-03-02",
            channel="pager",
            parcel=Parcel.DIGEST,
            happening=None,
            text=(Shown("A quiet day."), Shown("Nothing else.")),
            created_at=at(0),
            due_at=at(0),
        )
        step = WatchStep(chain_id=CHAIN, deliveries=(digest,))
        store.keep(step, now=at(0))
        store.keep(step, now=at(0))
        (given,) = deliver_all(store)
        assert (given.text, given.happening, given.number) == (digest.text, None, None)

    def test_told__the_gravest_that_still_stands__by_channel_and_episode(self, store: WatchStore) -> None:
        first = happening(1, 5, severity=Severity.NOTICE)
        second = happening(1, 6, kind=Kind.READY, severity=Severity.WARNING)
        store.keep(look(5, first, channels=("pager", "file")), now=at(0))
        deliver_all(store, "pager")
        store.keep(look(6, second), now=at(1))
        episodes = [first.episode, happening(2, 5).episode]
        assert store.told(episodes) == {
            ("pager", first.episode): Severity.WARNING,
            ("file", first.episode): Severity.NOTICE,
        }
        store.keep(look(7, unwound_to=BlockNumber(5), fork=1), now=at(2))
        assert store.told(episodes)["pager", first.episode] is Severity.NOTICE
        assert store.told([]) == {}

    def test_health__behind_and_with_deliveries_waiting__says_so(self, store: WatchStore) -> None:
        late = alert(happening(2, 5), due=500)
        store.keep(
            look(
                5,
                happening(1, 5),
                happening(2, 5),
                deliveries=(alert(happening(1, 5)), late),
            ),
            now=at(5),
        )
        assert store.health(now=at(65)) == Health(lag={CHAIN: 60}, oldest_undelivered=65, pending=2)
        deliver_all(store)
        assert store.health(now=at(65)) == Health(lag={CHAIN: 60}, oldest_undelivered=0, pending=1)

    # ------------------------------------------------------------------------------------------------ Acknowledging

    def test_acknowledge__an_episode__all_that_it_held_until_now(self, store: WatchStore) -> None:
        (first,) = store.keep(look(5, happening(1, 5)), now=at(0))
        store.keep(look(6, happening(1, 6, kind=Kind.READY), happening(2, 6)), now=at(1))
        kept = store.acknowledge(first.number, who=Shown("ann"), now=at(9))
        assert (kept.number, kept.acknowledged_by, kept.acknowledged_at) == (
            first.number,
            "ann",
            at(9),
        )
        assert [each.happening.subject for each in store.open_episodes(least=Severity.INFO)] == [
            "operation/2"
        ]
        store.keep(look(7, happening(1, 7, kind=Kind.EXECUTED)), now=at(2))
        assert len(store.open_episodes(least=Severity.INFO)) == 2

    def test_acknowledge__twice__the_first_to_say_so_stays(self, store: WatchStore) -> None:
        (first,) = store.keep(look(5, happening(1, 5)), now=at(0))
        store.acknowledge(first.number, who=Shown("ann"), now=at(9))
        head = store.audit_head()
        again = store.acknowledge(first.number, who=Shown("ben"), now=at(10))
        assert (again.acknowledged_by, again.acknowledged_at) == ("ann", at(9))
        assert store.audit_head() == head

    def test_acknowledge__a_number_that_nothing_has__said(self, store: WatchStore) -> None:
        with pytest.raises(HappeningUnknown):
            store.acknowledge(77, who=Shown("ann"), now=at(0))

    def test_acknowledge__an_escalation_that_waits__is_not_sent(self, store: WatchStore) -> None:
        told = happening(1, 5)
        (kept,) = store.keep(look(5, told), now=at(0))
        deliver_all(store)
        further = alert(told, "boss", key="boss:1", parcel=Parcel.ESCALATION)
        step = WatchStep(chain_id=CHAIN, deliveries=(further,))
        store.keep(step, now=at(1))
        store.acknowledge(kept.number, who=Shown("ann"), now=at(2))
        assert claim(store, "boss") == ()
        store.keep(replace(step, deliveries=(replace(further, key="boss:2"),)), now=at(3))
        assert claim(store, "boss") == ()

    def test_open_episodes__less_grave_than_asked__left_out(self, store: WatchStore) -> None:
        store.keep(
            look(5, happening(1, 5, severity=Severity.NOTICE), happening(2, 5)),
            now=at(0),
        )
        found = store.open_episodes(least=Severity.WARNING)
        assert [each.happening.subject for each in found] == ["operation/2"]

    # -------------------------------------------------------------------------------------------------------- Leases

    def test_lease_chain__while_another_has_it__refused(self, store: WatchStore) -> None:
        assert store.lease_chain(CHAIN, "one", now=at(0), seconds=60)
        assert store.lease_chain(CHAIN, "one", now=at(0), seconds=60)
        assert not store.lease_chain(CHAIN, "two", now=at(0), seconds=60)
        assert store.lease_chain(OTHER, "two", now=at(0), seconds=60)

    def test_release_chain__by_its_holder__another_may_have_it(self, store: WatchStore) -> None:
        assert store.lease_chain(CHAIN, "one", now=at(0), seconds=60)
        store.release_chain(CHAIN, "two")
        assert not store.lease_chain(CHAIN, "two", now=at(0), seconds=60)
        store.release_chain(CHAIN, "one")
        assert store.lease_chain(CHAIN, "two", now=at(0), seconds=60)

    # ----------------------------------------------------------------------------------------------------- Audit log

    def test_audit_head__after_each_change__a_new_link(self, store: WatchStore) -> None:
        heads = [store.audit_head()]
        (kept,) = store.keep(look(5, happening(1, 5)), now=at(0))
        heads.append(store.audit_head())
        deliver_all(store)
        heads.append(store.audit_head())
        store.acknowledge(kept.number, who=Shown("ann"), now=at(9))
        heads.append(store.audit_head())
        found = [head.hash for head in heads if head is not None]
        assert len(set(found)) == len(found) >= 3
        last = heads[-1]
        assert last is not None
        assert (last.kind, last.identity) == ("acknowledgement", "ann")
