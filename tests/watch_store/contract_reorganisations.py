"""What a WatchStore has to do when a chain is re-organised: who is told what, and what is taken back."""

from __future__ import annotations

from tests.watch_store.asking import OK, claim, deliver_all, parcels, standings
from tests.watch_store.story import (
    CHAIN,
    at,
    block,
    happening,
    hash_of,
    look,
)
from verifier.model.finding import Severity
from verifier.model.text import Shown
from verifier.model.units import BlockNumber
from verifier.model.watching import (
    Checkpoint,
    Kind,
    Parcel,
    Standing,
    WatchStep,
)
from verifier.ports import WatchStore


class ReorganisationsContract:
    """The tests. `store` is empty at the start of each."""

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
