"""What a WatchStore has to do with chains, facts and happenings."""

from __future__ import annotations

from dataclasses import replace

from tests.watch_store.asking import claim, deliver_all, standings
from tests.watch_store.story import (
    CHAIN,
    OTHER,
    VAULT,
    at,
    block,
    fact,
    happening,
    hash_of,
    log,
    look,
    rich_happening,
)
from verifier.model.address import Address
from verifier.model.finding import Severity
from verifier.model.units import BlockNumber
from verifier.model.watching import (
    Checkpoint,
    Health,
    Standing,
    WatchStep,
)
from verifier.ports import WatchStore


class ChainsContract:
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
