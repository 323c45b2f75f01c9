"""What every WatchStore has to do, whatever is under it. A test class of a store inherits it and gives the fixture."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.watch_store.story import (
    CHAIN,
    OTHER,
    VAULT,
    alert,
    at,
    block,
    fact,
    happening,
    hash_of,
    log,
    look,
    rich_happening,
)
from verifier.errors import HappeningUnknown
from verifier.model.address import Address
from verifier.model.finding import Severity
from verifier.model.text import Shown
from verifier.model.units import BlockNumber
from verifier.model.watching import (
    Checkpoint,
    Delivery,
    Health,
    Kind,
    Parcel,
    Standing,
    WatchStep,
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


class WatchStoreContract:
    """The tests. `store` is empty at the start of each."""

    # ------------------------------------------------------------------------------------------------------- Chains

    def test_read__an_empty_store__nothing_there(self, store: WatchStore) -> None:
        assert store.checkpoint(CHAIN) is None
        assert store.checkpoints() == ()
        assert store.blocks(CHAIN, BlockNumber(-1)) == ()
        assert store.facts(CHAIN, VAULT) == {}
        assert store.events(CHAIN, BlockNumber(0), BlockNumber(100)) == ()
        assert claim(store) == ()
        assert store.open_episodes(least=Severity.INFO) == ()
        assert store.health(now=at(0)) == Health()

    def test_keep__checkpoint_blocks_and_events__read_back_as_they_were(self, store: WatchStore) -> None:
        events = (log(5, 0, topics=0), log(5, 1, topics=4), log(6, 0))
        blocks = (block(4), block(5), block(6))
        step = look(6, blocks=blocks, events=events)
        assert store.keep(step, now=at(0)) == ()
        assert store.checkpoint(CHAIN) == step.checkpoint
        assert store.checkpoint(OTHER) is None
        assert store.blocks(CHAIN, BlockNumber(4)) == (block(6), block(5))
        assert store.events(CHAIN, BlockNumber(5), BlockNumber(5)) == events[:2]
        assert store.events(OTHER, BlockNumber(0), BlockNumber(9)) == ()

    def test_keep__two_chains__neither_changes_the_other(self, store: WatchStore) -> None:
        store.keep(look(6), now=at(0))
        there = Checkpoint(chain_id=OTHER, number=BlockNumber(9), hash=hash_of(9))
        store.keep(WatchStep(chain_id=OTHER, checkpoint=there, blocks=(block(9),)), now=at(0))
        store.keep(WatchStep(chain_id=OTHER, unwound_to=BlockNumber(1)), now=at(0))
        assert [each.chain_id for each in store.checkpoints()] == [CHAIN]
        assert store.blocks(CHAIN, BlockNumber(0)) == (block(6),)

    def test_keep__the_same_step_again__says_nothing_new(self, store: WatchStore) -> None:
        step = look(6, happening(1, 6), events=(log(6),), facts=(fact("seat/1", "x", 6),))
        assert len(store.keep(step, now=at(0))) == 1
        head = store.audit_head()
        assert store.keep(step, now=at(1)) == ()
        assert store.audit_head() == head
        assert len(deliver_all(store)) == 1

    def test_keep__many_final_blocks__old_ones_go(self, store: WatchStore) -> None:
        first = look(300, blocks=tuple(block(i) for i in range(1, 301)))
        store.keep(first, now=at(0))
        assert len(store.blocks(CHAIN, BlockNumber(0))) == 300
        store.keep(look(301, final=BlockNumber(290)), now=at(1))
        kept = store.blocks(CHAIN, BlockNumber(0))
        assert kept[0] == block(301)
        assert kept[-1].number <= 290
        assert len(kept) < 301

    # -------------------------------------------------------------------------------------------------------- Facts

    def test_facts__of_values_that_change__the_latest_and_its_number(self, store: WatchStore) -> None:
        store.keep(look(1, facts=(fact("seat/1", "a", 1), fact("tier/0", "t", 1))), now=at(0))
        store.keep(look(2, facts=(fact("seat/1", "a", 2), fact("tier/0", "u", 2))), now=at(0))
        store.keep(look(3, facts=(fact("tier/0", "t", 3),)), now=at(0))
        found = store.facts(CHAIN, VAULT)
        assert found["seat/1"] == fact("seat/1", "a", 1)
        assert found["tier/0"] == replace(fact("tier/0", "t", 3), nth=3)
        assert store.facts(CHAIN, Address(b"\x12" * 20)) == {}
        assert store.facts(OTHER, VAULT) == {}

    def test_facts__up_to_a_block__as_they_were_there(self, store: WatchStore) -> None:
        store.keep(look(5, facts=(fact("seat/1", "a", 5),)), now=at(0))
        store.keep(look(8, facts=(fact("seat/1", "b", 8), fact("seat/2", "c", 8))), now=at(0))
        assert {s: f.value for s, f in store.facts(CHAIN, VAULT, up_to=BlockNumber(7)).items()} == {
            "seat/1": "a"
        }
        assert store.facts(CHAIN, VAULT, up_to=BlockNumber(8)) == store.facts(CHAIN, VAULT)
        assert store.facts(CHAIN, VAULT, up_to=BlockNumber(4)) == {}

    def test_facts__unwound_and_seen_again__the_same_number(self, store: WatchStore) -> None:
        store.keep(look(5, facts=(fact("seat/1", "a", 5),)), now=at(0))
        store.keep(look(8, facts=(fact("seat/1", "b", 8),)), now=at(0))
        before = store.facts(CHAIN, VAULT, up_to=BlockNumber(6))
        store.keep(look(9, unwound_to=BlockNumber(6), fork=1), now=at(1))
        assert store.facts(CHAIN, VAULT) == before
        store.keep(look(10, facts=(fact("seat/1", "c", 10, fork=1),), fork=1), now=at(2))
        assert store.facts(CHAIN, VAULT)["seat/1"] == replace(fact("seat/1", "c", 10, fork=1), nth=2)

    # -------------------------------------------------------------------------------------------------- Happenings

    def test_keep__a_new_happening__kept_whole_with_a_number(self, store: WatchStore) -> None:
        told = rich_happening()
        (kept,) = store.keep(look(70, told), now=at(71))
        assert kept.happening == told
        assert (kept.standing, kept.first_seen) == (Standing.UNCONFIRMED, at(71))
        assert kept.acknowledged_by is None
        assert store.open_episodes(least=Severity.INFO) == (kept,)
        (other,) = store.keep(look(71, happening(8, 71)), now=at(72))
        assert other.number != kept.number

    def test_keep__one_that_stands_and_is_said_in_other_words__the_words_change_and_the_block_stays(
        self, store: WatchStore
    ) -> None:
        store.keep(look(5, happening(1, 5)), now=at(0))
        assert store.keep(look(9, happening(1, 9, said="It is so still.")), now=at(1)) == ()
        (kept,) = store.open_episodes(least=Severity.INFO)
        assert kept.happening == happening(1, 5, said="It is so still.")
        store.keep(look(10, unwound_to=BlockNumber(7), fork=1), now=at(2))
        assert standings(store) == {"operation/1": Standing.UNCONFIRMED}

    def test_keep__up_to_a_final_block__confirmed_there_and_not_above(self, store: WatchStore) -> None:
        store.keep(look(5, happening(1, 5), happening(2, 6)), now=at(0))
        store.keep(look(6, final=BlockNumber(5)), now=at(1))
        assert standings(store) == {
            "operation/1": Standing.CONFIRMED,
            "operation/2": Standing.UNCONFIRMED,
        }
        (first, second) = claim(store)
        assert (first.standing, second.standing) == (
            Standing.CONFIRMED,
            Standing.UNCONFIRMED,
        )

    def test_happenings__between_two_moments__those_and_the_grave_enough(self, store: WatchStore) -> None:
        store.keep(look(5, happening(1, 5)), now=at(0))
        store.keep(look(6, happening(2, 6, severity=Severity.INFO)), now=at(10))
        store.keep(look(7, happening(3, 7, severity=Severity.DANGER)), now=at(20))

        def subjects(first: int, last: int, least: Severity) -> list[str]:
            return [each.happening.subject[-1] for each in store.happenings(at(first), at(last), least=least)]

        assert subjects(0, 21, Severity.INFO) == ["1", "2", "3"]
        assert subjects(0, 20, Severity.INFO) == ["1", "2"]
        assert subjects(1, 21, Severity.WARNING) == ["3"]

    # ------------------------------------------------------------------------------------------------ Re-organising

    def test_unwind__seen_again_in_the_same_step__nothing_is_said(self, store: WatchStore) -> None:
        store.keep(look(5, happening(1, 5)), now=at(0))
        assert len(deliver_all(store)) == 1
        again = look(7, happening(1, 6, fork=1), unwound_to=BlockNumber(4), fork=1)
        assert store.keep(again, now=at(1)) == ()
        assert deliver_all(store) == []
        (kept,) = store.open_episodes(least=Severity.INFO)
        assert (kept.happening.block, kept.happening.block_hash) == (6, hash_of(6, 1))
        assert kept.standing is Standing.UNCONFIRMED

    def test_unwind__seen_again_with_other_words__whoever_was_told_is_told(self, store: WatchStore) -> None:
        store.keep(
            look(5, happening(1, 5, said="Ann left."), channels=("pager", "file")),
            now=at(0),
        )
        deliver_all(store, "pager")
        again = look(7, happening(1, 6, said="Ben left."), unwound_to=BlockNumber(4), fork=1)
        assert store.keep(again, now=at(1)) == ()
        (update,) = deliver_all(store, "pager")
        assert update.parcel is Parcel.UPDATE
        assert update.happening is not None
        assert update.happening.sentence == "Ben left."
        # Nobody was told anything there yet, so the alert says how it is.
        (first,) = deliver_all(store, "file")
        assert first.parcel is Parcel.ALERT
        assert first.happening is not None
        assert first.happening.sentence == "Ben left."

    def test_unwind__back_and_forth_between_two_stories__told_each_time(self, store: WatchStore) -> None:
        store.keep(look(5, happening(1, 5, said="Ann left.")), now=at(0))
        said = []
        for fork, words in enumerate(("Ben left.", "Ann left.", "Ben left."), 1):
            step = look(5 + fork, happening(1, 5, said=words), unwound_to=BlockNumber(4), fork=fork)
            said += [each.happening.sentence for each in deliver_all(store) if each.happening]
            store.keep(step, now=at(fork))
        said += [each.happening.sentence for each in deliver_all(store) if each.happening]
        assert said == ["Ann left.", "Ben left.", "Ann left.", "Ben left."]

    def test_unwind__not_seen_again__retracted_where_it_was_told(self, store: WatchStore) -> None:
        store.keep(look(5, happening(1, 5), channels=("pager", "file")), now=at(0))
        deliver_all(store, "pager")
        store.keep(look(7, unwound_to=BlockNumber(4), fork=1), now=at(1))
        (taken_back,) = deliver_all(store, "pager")
        assert (taken_back.parcel, taken_back.standing) == (
            Parcel.RETRACTION,
            Standing.RETRACTED,
        )
        assert taken_back.happening == happening(1, 5)
        assert deliver_all(store, "file") == []
        assert store.open_episodes(least=Severity.INFO) == ()
        assert standings(store) == {"operation/1": Standing.RETRACTED}

    def test_unwind__at_or_below_the_block__it_stands(self, store: WatchStore) -> None:
        store.keep(look(5, happening(1, 5)), now=at(0))
        store.keep(look(7, unwound_to=BlockNumber(5), fork=1), now=at(1))
        assert standings(store) == {"operation/1": Standing.UNCONFIRMED}

    def test_unwind__deeper_than_what_was_final__confirmed_ones_are_retracted_too(
        self, store: WatchStore
    ) -> None:
        store.keep(look(5, happening(1, 5), final=BlockNumber(5)), now=at(0))
        store.keep(look(7, unwound_to=BlockNumber(3), fork=1), now=at(1))
        assert standings(store) == {"operation/1": Standing.RETRACTED}

    def test_unwind__what_is_about_watching__stands(self, store: WatchStore) -> None:
        told = happening(1, 5, kind=Kind.UNREADABLE, vault=None, subject="chain")
        store.keep(look(5, told), now=at(0))
        store.keep(look(7, unwound_to=BlockNumber(3), fork=1), now=at(1))
        assert standings(store) == {"chain": Standing.UNCONFIRMED}

    def test_unwind__an_alert_that_may_have_been_sent__retracted(self, store: WatchStore) -> None:
        store.keep(look(5, happening(1, 5), happening(2, 5)), now=at(0))
        (first, second) = claim(store)
        store.failed(first, now=at(10), why=Shown("too slow"), retry_at=at(11))
        store.keep(look(7, unwound_to=BlockNumber(4), fork=1), now=at(12))
        # The first failed, perhaps after it arrived; the second is still being sent.
        assert parcels(claim(store, now=12)) == [(Parcel.RETRACTION, "operation/1")]
        store.delivered(second, now=at(13), reply=OK)
        assert parcels(claim(store, now=13)) == [(Parcel.RETRACTION, "operation/2")]

    def test_unwind__it_comes_back_later__told_again_under_another_key(self, store: WatchStore) -> None:
        store.keep(look(5, happening(1, 5)), now=at(0))
        (first,) = deliver_all(store)
        store.keep(look(7, unwound_to=BlockNumber(4), fork=1), now=at(1))
        (gone,) = deliver_all(store)
        (kept,) = store.keep(look(9, happening(1, 9, fork=1), fork=1), now=at(2))
        assert (kept.standing, kept.first_seen) == (Standing.UNCONFIRMED, at(2))
        (again,) = deliver_all(store)
        assert again.parcel is Parcel.ALERT
        assert len({first.key, gone.key, again.key}) == 3
        store.keep(look(10, unwound_to=BlockNumber(4), fork=2), now=at(3))
        (gone_again,) = deliver_all(store)
        assert gone_again.parcel is Parcel.RETRACTION
        assert gone_again.key != gone.key

    def test_unwind__never_sent_and_then_back__told_once(self, store: WatchStore) -> None:
        store.keep(look(5, happening(1, 5)), now=at(0))
        store.keep(look(7, unwound_to=BlockNumber(4), fork=1), now=at(1))
        store.keep(look(9, happening(1, 9, fork=1), fork=1), now=at(2))
        assert parcels(deliver_all(store)) == [(Parcel.ALERT, "operation/1")]

    def test_unwind__without_a_checkpoint__the_chain_stands_at_that_block(self, store: WatchStore) -> None:
        store.keep(look(6, blocks=(block(4), block(5), block(6))), now=at(0))
        store.keep(WatchStep(chain_id=CHAIN, unwound_to=BlockNumber(5)), now=at(1))
        assert store.checkpoint(CHAIN) == Checkpoint(chain_id=CHAIN, number=BlockNumber(5), hash=hash_of(5))
        store.keep(WatchStep(chain_id=CHAIN, unwound_to=BlockNumber(2)), now=at(1))
        assert store.checkpoint(CHAIN) is None

    def test_keep__what_is_over__retracted_and_an_unknown_key_is_nothing(self, store: WatchStore) -> None:
        told = happening(1, 5, kind=Kind.UNREADABLE, vault=None, subject="chain")
        store.keep(look(5, told), now=at(0))
        deliver_all(store)
        over = WatchStep(chain_id=CHAIN, retracted=(told.key, "nothing:of:the:kind"))
        store.keep(over, now=at(1))
        store.keep(over, now=at(2))
        assert parcels(deliver_all(store)) == [(Parcel.RETRACTION, "chain")]

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
