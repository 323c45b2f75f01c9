"""The parts of the watching that need no chain."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from verifier.model.address import NOBODY, Address
from verifier.model.finding import Severity
from verifier.model.text import Shown
from verifier.model.units import BlockNumber, ChainId, Timestamp
from verifier.model.watching import BlockRef, Kind, WatchedFact
from verifier.watch.ancestor import common_ancestor
from verifier.watch.stride import Stride
from verifier.watch.troubles import Trouble, Troubles

CHAIN = ChainId(1)
VAULT = Address(b"\x11" * 20)
NOW = Timestamp(1_000_000)
DEAF = Trouble(
    kind=Kind.UNREADABLE, subject="endpoints", severity=Severity.WARNING, sentence=Shown("Nobody answers.")
)
LIE = replace(DEAF, kind=Kind.DISAGREEMENT, severity=Severity.DANGER, is_patient=False)


def block(number: int, branch: int = 0) -> BlockRef:
    name = bytes([branch]) * 28 + number.to_bytes(4, "big")
    return BlockRef(number=BlockNumber(number), hash=name, parent=bytes(32), timestamp=Timestamp(12 * number))


class Blocks:
    """A chain that leaves another one after a block."""

    def __init__(self, newest: int, *, after: int) -> None:
        self._newest = newest
        self._after = after
        self.asked = 0

    def blocks(self, first: BlockNumber, last: BlockNumber) -> tuple[BlockRef, ...]:
        assert 0 <= first <= last <= self._newest
        self.asked += 1
        return tuple(block(n, 0 if n <= self._after else 1) for n in range(first, last + 1))


@given(
    kept=st.sets(st.integers(0, 400), min_size=1),
    newest=st.integers(0, 500),
    after=st.integers(-1, 500),
)
def test_common_ancestor__any_gaps_and_depth__the_newest_common_block(
    kept: set[int], newest: int, after: int
) -> None:
    source = Blocks(newest, after=after)
    refs = [block(number) for number in sorted(kept, reverse=True)]
    found = common_ancestor(source, refs, BlockNumber(newest))  # type: ignore[arg-type]
    common = [number for number in kept if number <= min(newest, after)]
    assert (found.number if found else None) == max(common, default=None)


def test_common_ancestor__one_block_deep__one_question() -> None:
    source = Blocks(500, after=398)
    refs = [block(number) for number in range(399, 100, -1)]
    found = common_ancestor(source, refs, BlockNumber(500))  # type: ignore[arg-type]
    assert found == block(398)
    assert source.asked == 1


@given(answers=st.lists(st.booleans(), max_size=60))
def test_stride__any_answers__never_empty_and_never_beyond_the_most(answers: list[bool]) -> None:
    stride = Stride(100, most=500)
    for is_answered in answers:
        if is_answered:
            stride.widen()
        else:
            stride.narrow(stride.blocks)
        assert 1 <= stride.blocks <= 500


def test_stride__too_many__halved_at_once_and_slowly_more_again() -> None:
    stride = Stride(1_000)
    stride.narrow(1_000)
    assert stride.blocks == 500
    stride.widen()
    assert 500 < stride.blocks < 600
    stride.narrow(3)
    assert stride.blocks == 1


def test_trouble__passes_by_itself__nobody_is_told() -> None:
    troubles = Troubles(CHAIN, patience=60)
    troubles.bad(DEAF, NOW)
    troubles.bad(DEAF, Timestamp(NOW + 59))
    troubles.good("endpoints", Timestamp(NOW + 60))
    assert troubles.changes().is_empty


def test_trouble__lasts__told_once_and_retracted_when_over() -> None:
    troubles = Troubles(CHAIN, patience=60)
    for seconds in (0, 30, 60, 90):
        troubles.bad(DEAF, Timestamp(NOW + seconds))
    (told,) = troubles.changes().happenings
    assert (told.kind, told.severity, told.vault) == (Kind.UNREADABLE, Severity.WARNING, None)
    # It is offered until the store has it.
    assert troubles.changes().happenings == (told,)
    troubles.kept()
    assert troubles.changes().is_empty
    troubles.good("endpoints", Timestamp(NOW + 91))
    assert troubles.changes().retracted == (told.key,)


def test_trouble__becomes_graver__told_again_and_all_of_it_retracted() -> None:
    troubles = Troubles(CHAIN, patience=0)
    troubles.bad(DEAF, NOW)
    troubles.bad(LIE, NOW)
    troubles.bad(DEAF, NOW)
    happenings = troubles.changes().happenings
    assert [each.severity for each in happenings] == [Severity.WARNING, Severity.DANGER]
    assert len({each.episode for each in happenings}) == 1
    troubles.good("endpoints", NOW)
    assert set(troubles.changes().retracted) == {each.key for each in happenings}


def test_trouble__of_one_vault__leaves_the_others_alone() -> None:
    troubles = Troubles(CHAIN, patience=0)
    troubles.bad(replace(DEAF, vault=VAULT), NOW)
    troubles.good("endpoints", NOW)
    assert troubles.changes().retracted == ()
    troubles.good("endpoints", NOW, vault=VAULT)
    assert len(troubles.changes().retracted) == 1


def test_trouble__comes_back__a_new_one() -> None:
    troubles = Troubles(CHAIN, patience=0)
    keys = set()
    for seconds in (0, 100):
        troubles.bad(LIE, Timestamp(NOW + seconds))
        (told,) = troubles.changes().happenings
        keys.add(told.key)
        troubles.kept()
        troubles.good("endpoints", Timestamp(NOW + seconds + 1))
        troubles.kept()
    assert len(keys) == 2


def test_trouble__open_when_the_watcher_ended__closed_by_the_next_one() -> None:
    before = Troubles(CHAIN, patience=0)
    before.bad(DEAF, NOW)
    before.bad(LIE, NOW)
    journal: dict[str, WatchedFact] = {fact.subject: fact for fact in before.changes().facts}
    assert all(fact.vault == NOBODY for fact in journal.values())
    after = Troubles(CHAIN, patience=60)
    after.load(journal, Timestamp(NOW + 500))
    assert after.open == before.open
    after.bad(LIE, Timestamp(NOW + 501))
    assert after.changes().happenings == ()
    after.good("endpoints", Timestamp(NOW + 502))
    assert set(after.changes().retracted) == {each.key for each in before.changes().happenings}
    assert [fact.value for fact in after.changes().facts] == [""]


def test_trouble__was_caught__well_only_after_a_while() -> None:
    troubles = Troubles(CHAIN, patience=0)
    troubles.bad(LIE, NOW)
    troubles.good("endpoints", Timestamp(NOW + 99), lasts=100)
    assert troubles.changes().retracted == ()
    troubles.good("endpoints", Timestamp(NOW + 100), lasts=100)
    assert len(troubles.changes().retracted) == 1


def test_trouble__clock_is_set_back__patience_begins_anew_and_ends() -> None:
    troubles = Troubles(CHAIN, patience=60)
    troubles.bad(DEAF, NOW)
    troubles.bad(DEAF, Timestamp(NOW - 10_000))
    troubles.bad(DEAF, Timestamp(NOW - 10_000 + 61))
    assert len(troubles.changes().happenings) == 1
    troubles.good("endpoints", Timestamp(NOW - 50_000))
    assert len(troubles.changes().retracted) == 1
