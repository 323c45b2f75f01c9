"""What was told of the past, kept from one reading to the next: the same words again, and never stale ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import pytest

from tests.core.rules.cases import approve, call
from tests.desk.fakes import (
    NOW,
    STRANGER_ADDRESS,
    TOKEN,
    VAULT,
    FakeClock,
    FakeReader,
    lane_of,
    operation,
    reading,
    signer,
    transfer,
)
from tests.tui.scene import FakeMemory, batch, past, removal, theft
from verifier.decode.calls import decode_operation
from verifier.decode.lexicon import Lexicon
from verifier.decode.sentence import say_operation
from verifier.decode.signatures import parse_interface
from verifier.desk.aids import Aids
from verifier.desk.briefing import brief_lane, brief_queue
from verifier.desk.past_words import PastSentences, Precedents
from verifier.desk.survey import survey
from verifier.model.address import Address
from verifier.model.asset import NATIVE, AssetTerms
from verifier.model.evidence import Evidence, Fact
from verifier.model.history import History
from verifier.model.operation import Operation
from verifier.model.reading import PolicyReading
from verifier.model.text import Foreign
from verifier.model.units import LaneIndex, Timestamp, Units

TERMS: Final = Fact(
    value=AssetTerms(
        routine_limit=Units(5), high_value_from=Units(9), decimals=6, level=Units(2), filled_at=Timestamp(NOW)
    ),
    evidence=Evidence.PROVEN,
)
WORDS: Final = Lexicon(vault=VAULT, assets={NATIVE: TERMS, TOKEN: TERMS}, labels={TOKEN: Foreign("USDC")})
# Each names what some change of the words is about.
PAST: Final = (
    past(1).operation,
    theft(),
    batch(),
    removal(),
    operation(approve(STRANGER_ADDRESS), call(TOKEN, "", value=10**18)),
    operation(call(STRANGER_ADDRESS, "sweepEverything(uint256)", 7)),
)


def fresh(lexicon: Lexicon) -> dict[Operation, str]:
    return {each: say_operation(decode_operation(each, lexicon), lexicon) for each in PAST}


def with_terms(lexicon: Lexicon, **terms: object) -> Lexicon:
    changed = TERMS.map(lambda former: replace(former, **terms))  # type: ignore[arg-type]
    return replace(lexicon, assets={**lexicon.assets, TOKEN: changed})


BOOK: Final = parse_interface("function sweepEverything(uint256 share)")
CHANGES: Final[dict[str, Callable[[Lexicon], Lexicon]]] = {
    "decimals": lambda words: with_terms(words, decimals=18),
    "taken off the list": lambda words: replace(words, assets={}),
    "the coin taken off": lambda words: replace(words, assets={TOKEN: TERMS}),
    "label": lambda words: replace(words, labels={TOKEN: Foreign("EURC")}),
    "another label": lambda words: replace(words, labels={**words.labels, STRANGER_ADDRESS: Foreign("Eve")}),
    "coin": lambda words: replace(words, coin="XDAI"),
    "vault": lambda words: replace(words, vault=STRANGER_ADDRESS),
    "book": lambda words: replace(words, books={STRANGER_ADDRESS: BOOK}),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_sentences__after_the_words_changed__are_told_anew(change: Callable[[Lexicon], Lexicon]) -> None:
    kept, changed = PastSentences(), change(WORDS)
    assert kept.of(PAST, WORDS) == fresh(WORDS)
    found = kept.of(PAST, changed)
    assert found == fresh(changed)
    assert found != fresh(WORDS)
    # And back again.
    assert kept.of(PAST, WORDS) == fresh(WORDS)


def test_sentences__after_something_moved_and_limits_changed__are_the_ones_told_before() -> None:
    kept = PastSentences()
    former = kept.of(PAST, WORDS)
    moved = with_terms(WORDS, level=Units(3), filled_at=Timestamp(NOW + 1), routine_limit=Units(1))
    found = kept.of(PAST, moved)
    assert found == fresh(moved)
    assert all(found[each] is former[each] for each in PAST)


def test_sentences__of_an_operation_with_other_bytes__is_its_own() -> None:
    kept, (first, *_) = PastSentences(), PAST
    told = kept.of([first], WORDS)
    other = replace(first, calls=(transfer(STRANGER_ADDRESS, 1),))
    assert kept.of([other], WORDS)[other] == say_operation(decode_operation(other, WORDS), WORDS)
    assert kept.of([other], WORDS)[other] != told[first]


def test_sentences__of_what_nobody_asked_for_any_more__are_not_kept() -> None:
    kept, (first, second, *_) = PastSentences(), PAST
    former = kept.of([first, second], WORDS)
    kept.of([second], WORDS)
    found = kept.of([first, second], WORDS)
    assert found == former
    assert found[second] is former[second]
    assert found[first] is not former[first]


def test_survey__asked_again_after_the_decimals_changed__tells_the_past_by_today_s() -> None:
    reader = FakeReader(reading(), policy=PolicyReading(assets={TOKEN: TERMS}, counterparties={}))
    aids = Aids(memory=FakeMemory(History(executed=tuple(map(past, range(3))))))
    kept = PastSentences()
    first = survey(reader, signer(), aids=aids, sentences=kept)
    again = survey(reader, signer(), aids=aids, sentences=kept)
    assert all(old.sentence is new.sentence for old, new in zip(first.past, again.past, strict=True))
    assert "5.000000" in first.past[0].sentence
    listed = {TOKEN: TERMS.map(lambda terms: replace(terms, decimals=3))}
    reader.policy = PolicyReading(assets=listed, counterparties={})
    changed = survey(reader, signer(), aids=aids, sentences=kept)
    assert "5,000.000" in changed.past[0].sentence
    assert changed.past == survey(reader, signer(), aids=aids).past
    labelled = survey(reader, signer(labels={TOKEN: "USDC"}), aids=aids, sentences=kept)
    assert "USDC" in labelled.past[0].sentence


def test_precedents__under_the_same_words__are_decoded_once_and_under_others_anew() -> None:
    kept, executed = Precedents(), tuple(map(past, range(3)))
    first = kept.of(executed, WORDS)
    assert kept.of(executed, replace(WORDS)) is first
    assert [each.calls for each in first] == [decode_operation(each.operation, WORDS) for each in executed]
    changed = with_terms(WORDS, decimals=18)
    assert kept.of(executed, changed) == Precedents().of(executed, changed) != first
    assert kept.of(executed[:2], WORDS) == first[:2]


def test_queue__of_several_with_one_past__finds_in_each_what_is_found_in_it_alone() -> None:
    """They differ from one and the same operation of the past, each in its own way."""
    waiting = [operation(transfer(Address(bytes([i]) * 20), i), lane=i) for i in (1, 2, 3)]
    earlier = replace(past(1), operation=operation(transfer(STRANGER_ADDRESS, 9), lane=5))
    reader = FakeReader(
        reading(*(lane_of(each, 1) for each in waiting)),
        operations={LaneIndex(each.lane): each for each in waiting},
    )
    aids = Aids(memory=FakeMemory(History(executed=(earlier,))))
    together = brief_queue(reader, FakeClock(), signer(), aids=aids, looks_closely=True).reviews
    assert len(together) == 3
    for review in together:
        (alone,) = brief_lane(reader, FakeClock(), signer(), review.lane.lane, aids=aids).reviews
        differences = [
            [f for f in each.findings if f.rule == "differs-from-last"] for each in (review, alone)
        ]
        assert differences[0] == differences[1] != []
