"""The leaky bucket of an asset: what moved within a day counts, once for every quorum that was reached.

The bucket of these tests loses one unit a second: 86,400 units are HIGH_VALUE. A unit is a millionth of a whole one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import pytest

from tests.anvil import Anvil, Outcome
from tests.contracts.scene import PAYEE, SPENDER, Scene, usual_scene
from tests.stage import DAY, HOUR, MINUTE, NATIVE, STRANGER, Call, Operation, call
from tests.tokens import compiled
from verifier.errors.approvals import ApprovalPublicationUnexpected
from verifier.errors.operations import OperationTierRisen
from verifier.errors.settings import AssetTermsInvalid
from verifier.model.asset import AssetTerms
from verifier.model.life import Status
from verifier.model.tier import Tier
from verifier.model.units import Timestamp, Units

ROUTINE_LIMIT: Final = 10_000
HIGH_VALUE_FROM: Final = DAY
UNIT: Final = 10**12
"""Of the coin, in wei."""


def terms(
    decimals: int = 18,
    *,
    routine: int = ROUTINE_LIMIT,
    high: int = HIGH_VALUE_FROM,
    level: int = 0,
    at: int = 0,
) -> AssetTerms:
    return AssetTerms(
        routine_limit=Units(routine),
        high_value_from=Units(high),
        decimals=decimals,
        level=Units(level),
        filled_at=Timestamp(at),
    )


@pytest.fixture
def drip(anvil: Anvil) -> Scene:
    """The usual vault, where the coin's bucket loses one unit a second."""
    return usual_scene(anvil, assets=[(NATIVE, terms().pack())])


def pay(units: int, wei: int = 0) -> Call:
    return call(to=PAYEE, value=units * UNIT + wei)


def bucket(scene: Scene, asset: bytes = NATIVE) -> tuple[int, int]:
    """Return the level that storage holds, and since when."""
    found = AssetTerms.unpack(scene.asset_word(asset))
    assert found is not None
    return found.level, found.filled_at


def reach(
    scene: Scene, operation: Operation, *approvers: str, at: int | None = None, early: bool = False
) -> Outcome:
    """Let bob and cat, or others, approve a published operation: with `early`, by signatures without publication."""
    sign = scene.sign if early else scene.sign_published
    entries = [sign(who, operation) for who in approvers or ("bob", "cat")]
    moment = scene.next_time() if at is None else at
    return scene.at(moment, lambda: scene.approve(operation, entries))


def fill(scene: Scene, units: int, *, nth: int = 7) -> int:
    """Let a quorum stand for so many units of the coin, and return when it did."""
    operation = scene.published("ann", [pay(units)], nth=nth)
    reach(scene, operation, "bob", "cat", "dan")
    assert scene.status(operation) is Status.WAITING
    return scene.chain.now()


# ------------------------------------------------------------------------------------------- Limits, beside a level


@pytest.mark.parametrize("decimals", [0, 2, 5, 6, 7, 18, 36])
def test_tier_of__an_amount_beside_a_level__goes_by_both_together(anvil: Anvil, decimals: int) -> None:
    scene = usual_scene(anvil)
    token = compiled.deploy(anvil, "Token", decimals)
    scene.must_change("setAsset", token, terms(decimals).pack())
    unit = 10 ** max(0, decimals - 6)

    def move(amount: int) -> list[Call]:
        return [call(to=token, data=compiled.data_of("Token", "transfer", PAYEE, amount))]

    reach(scene, scene.published("ann", move(6_000 * unit)))
    anvil.set_time(anvil.now() + 1_000)
    # 5,000 are left.
    amounts = {
        1: Tier.ROUTINE,
        5_000 * unit: Tier.ROUTINE,
        # A part of a unit counts as a whole one.
        5_000 * unit + 1: Tier.STANDARD,
        81_399 * unit: Tier.STANDARD,
        81_399 * unit + 1: Tier.HIGH_VALUE,
        81_400 * unit: Tier.HIGH_VALUE,
        2**256 - 1: Tier.HIGH_VALUE,
    }
    assert {amount: scene.tier_of(move(amount)) for amount in amounts} == amounts


def test_level__of_parts_of_units__counts_each_of_them_as_a_whole_one(drip: Scene) -> None:
    reach(drip, drip.published("ann", [pay(0, wei=1)] * 3))
    assert bucket(drip) == (3, drip.chain.now())
    drip.chain.set_time(drip.chain.now() + DAY)
    reach(drip, drip.published("ann", [pay(0, wei=3)], nth=1))
    assert bucket(drip) == (1, drip.chain.now())
    drip.chain.set_time(drip.chain.now() + DAY)
    reach(drip, drip.published("ann", [pay(1, wei=1)], nth=2))
    assert bucket(drip) == (2, drip.chain.now())


def test_propose__after_moves_up_to_a_limit__is_of_the_tier_that_the_next_unit_makes(drip: Scene) -> None:
    """The same payments one by one: splitting does not help."""
    found = []
    for nth in range(4):
        operation = drip.published("ann", [pay(4_000)], nth=nth)
        reach(drip, operation, "bob", "cat", "dan")
        found.append(drip.lane(nth)[1].tier)
    # 4,000 and 8,000, then 12,000, less a few seconds.
    assert found == [Tier.ROUTINE, Tier.ROUTINE, Tier.STANDARD, Tier.STANDARD]


# ------------------------------------------------------------------------------------------------------------- Draining


@pytest.mark.parametrize(
    ("seconds", "level"),
    [
        (1, 86_398),
        (HOUR, 86_399 - HOUR),
        (DAY // 2, 43_199),
        (86_398, 1),
        (86_399, 0),
        (DAY, 0),
        (DAY + 1, 0),
        (30 * 365 * DAY, 0),
    ],
)
def test_level__after_some_time__is_less_by_a_unit_a_second(drip: Scene, seconds: int, level: int) -> None:
    since = fill(drip, 86_399)
    assert bucket(drip) == (86_399, since)
    drip.chain.set_time(since + seconds)
    # The word is written when something moves, and not before.
    assert bucket(drip) == (86_399, since)
    room = HIGH_VALUE_FROM - level
    assert drip.tier_of([pay(room)]) is Tier.HIGH_VALUE
    if room > 1:
        assert drip.tier_of([pay(room - 1)]) is (
            Tier.STANDARD if room - 1 + level > ROUTINE_LIMIT else Tier.ROUTINE
        )
    if level < ROUTINE_LIMIT:
        assert drip.tier_of([pay(ROUTINE_LIMIT - level)]) is Tier.ROUTINE
        assert drip.tier_of([pay(ROUTINE_LIMIT - level + 1)]) is Tier.STANDARD


@pytest.mark.parametrize(("seconds", "level"), [(12_342, 6), (12_343, 5), (24_685, 5), (24_686, 4), (DAY, 0)])
def test_level__that_loses_less_than_a_unit_a_second__loses_whole_ones(
    anvil: Anvil, seconds: int, level: int
) -> None:
    """Seven in a day: the first after 12,342 6/7 seconds."""
    scene = usual_scene(anvil, assets=[(NATIVE, terms(routine=0, high=7).pack())])
    since = fill(scene, 6)
    anvil.set_time(since + seconds)
    assert scene.tier_of([pay(7 - level)]) is Tier.HIGH_VALUE
    if level < 6:
        assert scene.tier_of([pay(6 - level)]) is Tier.STANDARD


def test_level__filled_again__is_what_was_left_and_the_new_one(drip: Scene) -> None:
    since = fill(drip, 50_000, nth=6)
    operation = drip.published("ann", [pay(1)], nth=7)
    reach(drip, operation, "bob", "cat", "dan", at=since + 10_000)
    assert bucket(drip) == (40_001, since + 10_000)
    later = drip.published("ann", [pay(5)], nth=5)
    reach(drip, later, "bob", "cat", "dan", at=since + 10_000 + DAY)
    assert bucket(drip) == (5, since + 10_000 + DAY)


# ---------------------------------------------------------------------------------------------------- When it is filled


def test_approve__short_of_the_quorum__fills_nothing_and_the_last_one_does(drip: Scene) -> None:
    operation = drip.published("ann", [pay(700)])
    reach(drip, operation, "bob")
    assert bucket(drip) == (0, 0)
    reach(drip, operation, "cat")
    # Limits and decimals stay beside it.
    assert drip.asset_word(NATIVE) == terms(level=700, at=drip.chain.now()).pack()
    # Nor does one above the quorum.
    reach(drip, operation, "dan")
    assert bucket(drip)[0] == 700


def test_propose__with_a_quorum__fills_at_once_and_without_it_does_not(drip: Scene) -> None:
    operation = drip.operation("ann", [pay(700)])
    one, two = (drip.sign(who, operation) for who in ("bob", "cat"))
    with drip.chain.isolate():
        drip.must(drip.propose("ann", operation, [one]))
        assert bucket(drip) == (0, 0)
    drip.must(drip.propose("ann", operation, [one, two]))
    assert bucket(drip) == (700, drip.chain.now())


def test_execute__of_what_filled_a_bucket__fills_it_no_more(drip: Scene) -> None:
    since = fill(drip, 700)
    operation = drip.published("ann", [pay(300)])
    reach(drip, operation, at=since + 100)
    drip.pass_to_ready(operation)
    drip.must(drip.execute("ann", operation))
    assert drip.chain.balance(PAYEE) == 300 * UNIT
    assert bucket(drip) == (900, since + 100)


def test_withdraw__and_a_quorum_again__fills_twice(drip: Scene) -> None:
    operation = drip.published("ann", [pay(700)])
    reach(drip, operation)
    since = drip.chain.now()
    drip.must(drip.send("cat", "withdraw", operation))
    # Nothing comes back.
    assert bucket(drip) == (700, since)
    reach(drip, operation, "dan", at=since + 100)
    assert bucket(drip) == (1_300, since + 100)


def test_approve__reviving_a_quorum_that_a_suspension_broke__fills_again(drip: Scene) -> None:
    operation = drip.published("ann", [pay(700)])
    reach(drip, operation)
    since = drip.chain.now()
    drip.must(drip.send("cat", "suspend", drip.address("cat")))
    reach(drip, operation, "dan", at=since + 100)
    assert drip.status(operation) is Status.WAITING
    assert bucket(drip) == (1_300, since + 100)


ENDS: Final[dict[str, Callable[[Scene, bytes], Any]]] = {
    "veto": lambda scene, id_: scene.must(scene.send("eve", "veto", 0, id_)),
    "cancel": lambda scene, id_: scene.must(scene.send("ann", "cancel", 0, id_)),
    "expiry": lambda scene, _: scene.chain.set_time(scene.lane(0)[1].moment + 24 * HOUR + 1),
}


@pytest.mark.parametrize("end", ENDS)
def test_end__of_an_operation_that_never_moved__gives_nothing_back(anvil: Anvil, end: str) -> None:
    # It takes days to expire, so this bucket is a large one.
    scene = usual_scene(anvil, assets=[(NATIVE, terms(routine=10**9, high=10**9 + 1).pack())])
    operation = scene.published("ann", [pay(10**9)])
    reach(scene, operation)
    before = bucket(scene)
    assert before[0] == 10**9
    ENDS[end](scene, scene.id_of(operation))
    assert scene.status(operation) in (Status.VETOED, Status.CANCELLED, Status.EXPIRED)
    assert bucket(scene) == before


@pytest.mark.parametrize("tier", [Tier.HIGH_VALUE, Tier.CUSTODY])
def test_quorum__from_high_value_on__fills_nothing(drip: Scene, tier: Tier) -> None:
    other = call(to=STRANGER, value=1) if tier is Tier.HIGH_VALUE else drip.custody_call()
    with drip.chain.isolate():
        reach(drip, drip.published("ann", [pay(700)]))
        assert bucket(drip)[0] == 700
    for calls in ([pay(700), other], [other, pay(700)]):
        with drip.chain.isolate():
            operation = drip.published("ann", calls)
            reach(drip, operation, "bob", "cat", "dan")
            _, lane, status = drip.lane(0)
            assert (status, lane.tier) == (Status.WAITING, tier)
            assert bucket(drip) == (0, 0)


def test_quorum__for_exactly_high_value__fills_nothing(drip: Scene) -> None:
    reach(drip, drip.published("ann", [pay(HIGH_VALUE_FROM)]), "bob", "cat", "dan")
    assert bucket(drip) == (0, 0)
    reach(drip, drip.published("ann", [pay(HIGH_VALUE_FROM - 1)], nth=1), "bob", "cat", "dan")
    assert bucket(drip) == (HIGH_VALUE_FROM - 1, drip.chain.now())


# ---------------------------------------------------------------------------------------------------------- Recounting


def test_execute__after_a_change__does_not_judge_by_the_level_again(drip: Scene) -> None:
    """Its own amount is in the bucket already, and what others moved since then is theirs."""
    operation = drip.published("ann", [pay(9_000)])
    reach(drip, operation)
    assert drip.lane(0)[1].tier is Tier.ROUTINE
    drip.must_change("setCounterparty", SPENDER, 0)
    fill(drip, 70_000)
    assert drip.tier_of([pay(9_000)]) is Tier.HIGH_VALUE
    before = bucket(drip)
    drip.must(drip.approve(operation, []))
    assert (drip.lane(0)[1].tier, drip.status(operation)) == (Tier.ROUTINE, Status.WAITING)
    drip.pass_to_ready(operation)
    drip.must_change("setCounterparty", SPENDER, 1)
    drip.must(drip.execute("ann", operation))
    assert bucket(drip) == before


def test_execute__after_a_change_that_makes_the_amount_itself_more__is_refused(drip: Scene) -> None:
    operation = drip.published("ann", [pay(9_000)])
    reach(drip, operation)
    drip.must_change("setAsset", NATIVE, terms(routine=8_999).pack())
    drip.pass_to_ready(operation)
    risen = OperationTierRisen(id=drip.id_of(operation), waited_for=Tier.ROUTINE, actual=Tier.STANDARD)
    drip.refuses(risen, lambda: drip.execute("ann", operation))
    drip.must_change("setAsset", NATIVE, terms(routine=9_000).pack())
    drip.must(drip.execute("ann", operation))


def test_recount__of_a_batch__adds_its_own_calls_up(drip: Scene) -> None:
    operation = drip.published("ann", [pay(4_000), pay(5_000)])
    reach(drip, operation)
    drip.must_change("setAsset", NATIVE, terms(routine=8_999).pack())
    drip.pass_to_ready(operation)
    risen = OperationTierRisen(id=drip.id_of(operation), waited_for=Tier.ROUTINE, actual=Tier.STANDARD)
    drip.refuses(risen, lambda: drip.execute("ann", operation))
    drip.must_change("setAsset", NATIVE, terms(routine=9_000).pack())
    drip.must(drip.execute("ann", operation))


# ------------------------------------------------------------------------------------------------------------- Batches

BATCHES: Final[dict[str, tuple[list[int], Tier]]] = {
    "up to the limit": ([6_000, 4_000], Tier.ROUTINE),
    "one more": ([6_000, 4_001], Tier.STANDARD),
    "32 of them": ([312] * 31 + [328], Tier.ROUTINE),
    "32 of them and one more": ([312] * 31 + [329], Tier.STANDARD),
    "one less than high": ([43_200, 43_199], Tier.STANDARD),
    "high together": ([43_200, 43_200], Tier.HIGH_VALUE),
    "high in small ones": ([2_700] * 32, Tier.HIGH_VALUE),
    "nothing among them": ([0, 10_000, 0], Tier.ROUTINE),
}


@pytest.mark.parametrize("batch", BATCHES)
def test_tier_of__a_batch__adds_up_what_it_moves(drip: Scene, batch: str) -> None:
    amounts, tier = BATCHES[batch]
    other = bytes.fromhex("9b" * 20)
    drip.must_change("setCounterparty", other, 1)
    assert drip.tier_of([pay(amount) for amount in amounts]) is tier
    assert drip.tier_of([pay(amount) for amount in reversed(amounts)]) is tier
    # Whoever receives it.
    spread = [call(to=(PAYEE, other)[i % 2], value=amount * UNIT) for i, amount in enumerate(amounts)]
    assert drip.tier_of(spread) is tier


def test_quorum__for_a_batch__fills_the_sum_in_one_word(drip: Scene) -> None:
    since = fill(drip, 700)
    operation = drip.published("ann", [pay(100), pay(200), pay(0), pay(300)])
    reach(drip, operation, at=since + 100)
    assert bucket(drip) == (1_200, since + 100)


def test_quorum__for_several_assets__fills_each_with_its_own(drip: Scene) -> None:
    tokens = [compiled.deploy(drip.chain, "Token", decimals) for decimals in (2, 18)]
    for token, decimals in zip(tokens, (2, 18), strict=True):
        drip.must_change("setAsset", token, terms(decimals).pack())

    def move(token: bytes, amount: int) -> Call:
        return call(to=token, data=compiled.data_of("Token", "transfer", PAYEE, amount))

    def allow(token: bytes, amount: int) -> Call:
        return call(to=token, data=compiled.data_of("Token", "approve", SPENDER, amount))

    calls = [move(tokens[0], 6_000), pay(9_000), move(tokens[1], 1), allow(tokens[0], 4_000)]
    assert drip.tier_of(calls) is Tier.ROUTINE
    # One more of any of them, and the batch is of the next tier.
    for more in (move(tokens[0], 1), pay(1_001), move(tokens[1], 10_000 * UNIT)):
        assert drip.tier_of([*calls, more]) is Tier.STANDARD
    reach(drip, drip.published("ann", calls))
    now = drip.chain.now()
    assert drip.asset_word(tokens[0]) == terms(2, level=10_000, at=now).pack()
    assert drip.asset_word(NATIVE) == terms(level=9_000, at=now).pack()
    assert drip.asset_word(tokens[1]) == terms(level=1, at=now).pack()


# ------------------------------------------------------------------------------------------------- What fills nothing


def test_calls__that_move_nothing__are_routine_beside_any_level_and_fill_nothing(drip: Scene) -> None:
    token = compiled.deploy(drip.chain, "Token", 6)
    drip.must_change("setAsset", token, terms(6).pack())

    def data(function: str, account: bytes, amount: int) -> bytes:
        return compiled.data_of("Token", function, account, amount)

    first = call(to=token, data=data("transfer", PAYEE, 86_399))
    reach(drip, drip.published("ann", [first], nth=1), "bob", "cat", "dan")
    before = bucket(drip, token)
    assert before == (86_399, drip.chain.now())
    nothing = [
        call(to=token, data=data("approve", STRANGER, 0)),
        call(to=token, data=data("approve", SPENDER, 0)),
        call(to=token, data=data("transfer", PAYEE, 0)),
        pay(0),
    ]
    for one in nothing:
        assert drip.tier_of([one]) is Tier.ROUTINE
    assert drip.tier_of(nothing) is Tier.ROUTINE
    operation = drip.published("ann", nothing)
    reach(drip, operation)
    assert drip.status(operation) is Status.WAITING
    assert (bucket(drip, token), bucket(drip)) == (before, (0, 0))
    # The smallest amount is another matter.
    assert drip.tier_of([call(to=token, data=data("approve", SPENDER, 1))]) is Tier.STANDARD


# ------------------------------------------------------------------------------------------------------------ setAsset


def test_set_asset__to_other_limits__keeps_the_level(drip: Scene) -> None:
    since = fill(drip, 8_000)
    drip.must_change("setAsset", NATIVE, terms(routine=9_000, high=43_200).pack())
    assert drip.asset_word(NATIVE) == terms(routine=9_000, high=43_200, level=8_000, at=since).pack()
    # It drains by the new limit: half a unit a second.
    drip.chain.set_time(since + 1_000)
    assert drip.tier_of([pay(1_500)]) is Tier.ROUTINE
    assert drip.tier_of([pay(1_501)]) is Tier.STANDARD
    assert drip.tier_of([pay(35_699)]) is Tier.STANDARD
    assert drip.tier_of([pay(35_700)]) is Tier.HIGH_VALUE


def test_set_asset__below_the_level__makes_everything_high_value_until_it_drained(drip: Scene) -> None:
    since = fill(drip, 80_000)
    drip.must_change("setAsset", NATIVE, terms(routine=10, high=DAY // 4).pack())
    assert drip.tier_of([pay(1)]) is Tier.HIGH_VALUE
    # A quarter of a unit a second: 21,599 are left.
    drip.chain.set_time(since + 4 * (80_000 - DAY // 4 + 2) - 1)
    assert drip.tier_of([pay(1)]) is Tier.HIGH_VALUE
    drip.chain.set_time(since + 4 * (80_000 - DAY // 4 + 2))
    assert drip.tier_of([pay(1)]) is Tier.STANDARD


def test_set_asset__to_other_decimals__empties_the_bucket(drip: Scene) -> None:
    fill(drip, 8_000)
    drip.must_change("setAsset", NATIVE, terms(12).pack())
    assert drip.asset_word(NATIVE) == terms(12).pack()


def test_set_asset__off_the_list_and_on_again__begins_with_an_empty_bucket(drip: Scene) -> None:
    fill(drip, 8_000)
    drip.must_change("setAsset", NATIVE, 0)
    assert drip.asset_word(NATIVE) == 0
    assert drip.tier_of([pay(1)]) is Tier.CUSTODY
    drip.must_change("setAsset", NATIVE, terms().pack())
    assert drip.asset_word(NATIVE) == terms().pack()


@pytest.mark.parametrize("given", [{"level": 1}, {"at": 1}, {"level": 86_399, "at": 2**40 - 1}])
def test_set_asset__with_a_level__is_refused(drip: Scene, given: dict[str, int]) -> None:
    """What moved is for the vault to say, and not for whoever writes an operation."""
    word = terms(**given).pack()
    refusal = AssetTermsInvalid(asset=NATIVE, terms=word)
    drip.refuses(refusal, lambda: drip.change("setAsset", NATIVE, word))
    drip.must_change("setAsset", NATIVE, terms().pack())


# --------------------------------------------------------------------- A tier that rises between publication and quorum


@pytest.mark.parametrize("recorded", [(), ("bob",), ("bob", "cat")])
def test_quorum__of_what_became_high_value_meanwhile__drops_the_approvals(
    drip: Scene, recorded: Sequence[str]
) -> None:
    operation = drip.published("ann", [pay(50_000)])
    drip.must(drip.approve(operation, [drip.sign(who, operation) for who in recorded]))
    others = [who for who in ("bob", "cat", "dan") if who not in recorded]
    with drip.chain.isolate():
        # Beside this one it stays what it is.
        fill(drip, 30_000)
        reach(drip, operation, *others, early=True)
        _, lane, status = drip.lane(0)
        assert (status, lane.tier, len(lane.approvals)) == (Status.WAITING, Tier.STANDARD, 3)
    since = fill(drip, 50_000)
    reach(drip, operation, *others, early=True)
    _, lane, status = drip.lane(0)
    assert (status, lane.tier, lane.approvals) == (Status.PROPOSED, Tier.HIGH_VALUE, frozenset())
    assert lane.moment == operation[3]
    assert bucket(drip) == (50_000, since)

    # From now on signatures are made after publication, and what they are for fills nothing.
    old = ApprovalPublicationUnexpected(seat=1, expected=drip.publication(operation), actual=0)
    drip.refuses(old, lambda: drip.approve(operation, [drip.sign("bob", operation)]))
    reach(drip, operation, "bob", "cat", "dan")
    assert (drip.status(operation), bucket(drip)) == (Status.WAITING, (50_000, since))


def test_quorum__of_what_became_high_value_meanwhile__drops_signatures_with_publication_too(
    drip: Scene,
) -> None:
    """One rule for all: nobody has to look which of them were which."""
    operation = drip.published("ann", [pay(50_000)])
    fill(drip, 50_000)
    reach(drip, operation, "bob", "cat", "dan")
    _, lane, status = drip.lane(0)
    assert (status, lane.tier, lane.approvals) == (Status.PROPOSED, Tier.HIGH_VALUE, frozenset())


def test_quorum__of_what_became_standard_meanwhile__keeps_approvals_and_counts_by_its_terms(
    drip: Scene,
) -> None:
    operation = drip.published("ann", [pay(6_000)])
    reach(drip, operation, "bob", early=True)
    with drip.chain.isolate():
        fill(drip, 4_000)
        reach(drip, operation, "cat", early=True)
        _, lane, status = drip.lane(0)
        assert (status, lane.tier) == (Status.WAITING, Tier.ROUTINE)
        assert lane.moment == drip.chain.now() + 10 * MINUTE
    since = fill(drip, 6_000)
    reach(drip, operation, "cat", early=True)
    _, lane, status = drip.lane(0)
    assert (status, lane.tier, lane.moment) == (Status.PROPOSED, Tier.STANDARD, operation[3])
    assert lane.approvals == {1, 2}
    # Nothing stands, so nothing moved.
    assert bucket(drip) == (6_000, since)
    reach(drip, operation, "dan", early=True, at=since + 100)
    _, lane, status = drip.lane(0)
    assert (status, lane.tier, lane.moment) == (Status.WAITING, Tier.STANDARD, since + 100 + 48 * HOUR)
    assert bucket(drip) == (11_900, since + 100)


def test_quorum__of_what_became_standard_meanwhile__stands_at_once_with_as_many_as_that_wants(
    drip: Scene,
) -> None:
    operation = drip.published("ann", [pay(6_000)])
    since = fill(drip, 6_000)
    reach(drip, operation, "bob", "cat", "dan", early=True, at=since + 100)
    _, lane, status = drip.lane(0)
    assert (status, lane.tier, lane.moment) == (Status.WAITING, Tier.STANDARD, since + 100 + 48 * HOUR)
    assert bucket(drip) == (11_900, since + 100)


def test_propose__with_a_quorum_for_less_than_the_level_makes_it__is_only_proposed(drip: Scene) -> None:
    since = fill(drip, 6_000)
    operation = drip.operation("ann", [pay(6_000)])
    entries = [drip.sign(who, operation) for who in ("bob", "cat")]
    drip.must(drip.propose("ann", operation, entries))
    _, lane, status = drip.lane(0)
    assert (status, lane.tier) == (Status.PROPOSED, Tier.STANDARD)
    assert lane.approvals == {1, 2}
    assert bucket(drip) == (6_000, since)


@pytest.mark.parametrize(("level", "tier"), [(6_000, Tier.STANDARD), (82_000, Tier.HIGH_VALUE)])
def test_tier__that_a_level_made__stays_when_the_level_is_gone(drip: Scene, level: int, tier: Tier) -> None:
    """The higher one of publication and quorum."""
    fill(drip, level)
    operation = drip.published("ann", [pay(6_000)])
    assert drip.lane(0)[1].tier is tier
    drip.chain.set_time(drip.chain.now() + DAY)
    assert drip.tier_of([pay(6_000)]) is Tier.ROUTINE
    reach(drip, operation, "bob", "cat", "dan")
    _, lane, status = drip.lane(0)
    assert (status, lane.tier) == (Status.WAITING, tier)
