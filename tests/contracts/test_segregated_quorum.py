"""Segregated tiers: the list names the quorum; the vault checks that all are apart, and keeps exactly these."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest

from tests.anvil import Anvil
from tests.contracts.groups import addition
from tests.contracts.scene import HIGH_VALUE_CALL, PAYEE, ROUTINE_CALL, STANDARD_CALL, Scene
from tests.contracts.spread import (
    APART,
    CLASHING,
    DAN,
    HAL,
    SPREAD,
    assert_proposed,
    assert_waiting,
    head,
    living,
    name,
    segregated_from,
    spread_scene,
)
from tests.frost.group import Group
from tests.stage import DAY, ETHER, HOUR, NATIVE, STRANGER, Actor, Operation, call
from verifier.assess.segregation import are_segregated
from verifier.errors.approvals import (
    ApprovalDuplicate,
    ApprovalNotEligible,
    ApprovalSignerUnexpected,
    ApprovalWithdrawn,
)
from verifier.errors.operations import OperationOverdue, OperationQuorumStands
from verifier.model.asset import AssetTerms
from verifier.model.life import Status
from verifier.model.member import Role
from verifier.model.place import place_at
from verifier.model.tier import Tier
from verifier.model.word import bits_of


@pytest.fixture
def apart(anvil: Anvil) -> Scene:
    """A vault of people in several places, segregated from HIGH_VALUE on."""
    return spread_scene(anvil)


def published(scene: Scene, *recorded: str, nth: int = 0) -> Operation:
    """Return a payment of HIGH_VALUE with approvals that came one by one, so that nobody named a quorum."""
    operation = scene.published("pat", [HIGH_VALUE_CALL], nth=nth)
    for who in recorded:
        scene.give(operation, who)
    return operation


def stands(scene: Scene, operation: Operation) -> OperationQuorumStands:
    operation_id, lane, _ = scene.lane(operation[1])
    return OperationQuorumStands(id=operation_id, state=lane.pack())


# ------------------------------------------------------------------------------------------------------- Who may be one


def test_approve__by_three_who_are_apart__starts_the_clock(apart: Scene) -> None:
    operation = published(apart)
    apart.give(operation, *APART)
    lane = assert_waiting(apart, operation, *APART)
    assert lane.moment == apart.chain.now() + 48 * HOUR
    apart.pass_to_ready(operation)
    apart.must(apart.execute("amy", operation))
    assert apart.chain.balance(PAYEE) == 100 * ETHER


@pytest.mark.parametrize("why", CLASHING)
def test_approve__by_three_of_whom_two_are_too_near__is_recorded_and_no_quorum(
    anvil: Anvil, why: str
) -> None:
    three = CLASHING[why]
    plain = spread_scene(anvil, segregated=None)
    operation = published(plain)
    plain.give(operation, *three)
    assert_waiting(plain, operation, *three)

    apart = spread_scene(anvil)
    operation = published(apart)
    apart.give(operation, *three)
    assert_proposed(apart, operation, *three)
    # In no order.
    name(apart, operation, *three[::-1])
    assert_proposed(apart, operation, *three)


@pytest.mark.parametrize(
    ("near", "far"),
    [
        ({"utc_offset": -120}, {"utc_offset": -119}),
        ({"utc_offset": -480}, {"utc_offset": -481}),
        ({"employer": 2}, {"employer": 7}),
        # Bob is at 40.7 north, and a degree of latitude is 111.19 km.
        (
            {"place": place_at(latitude=41.598, longitude=-74)},
            {"place": place_at(latitude=41.601, longitude=-74)},
        ),
    ],
    ids=["east", "west", "employer", "place"],
)
def test_approve__beside_somebody_at_a_limit__counts_on_the_far_side_alone(
    anvil: Anvil, near: dict[str, object], far: dict[str, object]
) -> None:
    # Like hal, but on an offset of nobody's, in a place of nobody's, for nobody's employer.
    like = living("hal", Role.APPROVER, employer=6, utc_offset=-60, latitude=37.7, longitude=-25.7)
    for change, status in ((near, Status.PROPOSED), (far, Status.WAITING)):
        one = replace(like, attributes=replace(like.attributes, **change))  # type: ignore[arg-type]
        scene = spread_scene(anvil, founders=[one if who is HAL else who for who in SPREAD])
        operation = published(scene)
        scene.give(operation, "bob", "dan", "hal")
        assert scene.status(operation) is status


def test_approve__by_seven_around_the_world__is_the_largest_quorum_there_is(anvil: Anvil) -> None:
    around = [
        living(
            f"one {i}",
            Role.APPROVER | Role.SECURITY,
            employer=i,
            utc_offset=-720 + 205 * i,
            latitude=0,
            longitude=-180 + 51 * i,
        )
        for i in range(7)
    ]
    twins = [
        replace(Actor.new(f"twin {i}", Role.APPROVER), attributes=around[i].attributes) for i in range(2)
    ]
    pat = Actor.new("pat", Role.PROPOSER)
    tiers = [
        replace(terms, quorum=7 if terms.segregated else terms.quorum)
        for terms in segregated_from(Tier.HIGH_VALUE)
    ]
    scene = spread_scene(anvil, founders=[*around, *twins, pat], tiers=tiers, supermajority=7)
    seven = [one.name for one in around]
    operation = published(scene)
    scene.give(operation, *seven[1:])
    assert_proposed(scene, operation, *seven[1:])
    scene.give(operation, "twin 1")
    name(scene, operation, *seven[1:], "twin 1")
    assert_proposed(scene, operation, *seven[1:], "twin 1")
    entries = [head(scene, who) for who in seven[1:]]
    scene.must(scene.approve(operation, [*entries, scene.sign_published("twin 0", operation)]))
    assert_waiting(scene, operation, *seven[1:], "twin 0")


# ---------------------------------------------------------------------------------------------------- Recording, naming


def test_approve__one_by_one__is_recorded_until_a_list_names_a_quorum(apart: Scene) -> None:
    """Five are recorded, and among them three who are apart: the vault does not look for them."""
    operation = published(apart, "hal", "bob", "fay", "cat", "dan")
    assert_proposed(apart, operation, "hal", "bob", "fay", "cat", "dan")
    apart.must(apart.approve(operation, []))
    assert_proposed(apart, operation, "hal", "bob", "fay", "cat", "dan")
    # Neither all of them nor too few are one.
    five = ("hal", "bob", "fay", "cat", "dan")
    for some in (five, ("bob", "cat"), ("bob",), ("bob", "hal", "cat"), ("bob", "hal", "dan", "cat")):
        name(apart, operation, *some)
        assert_proposed(apart, operation, "hal", "bob", "fay", "cat", "dan")
    moment = apart.next_time() + 9
    apart.chain.set_next_time(moment)
    name(apart, operation, "hal", "cat", "dan")
    # Exactly these are kept.
    lane = assert_waiting(apart, operation, "hal", "cat", "dan")
    assert (lane.moment, lane.grace_hours) == (moment + 48 * HOUR, 72)


@pytest.mark.parametrize("three", [("bob", "cat", "dan"), ("bob", "fay", "dan"), ("hal", "cat", "dan")])
def test_name__any_three_who_are_apart__keeps_these_in_any_order(
    apart: Scene, three: tuple[str, ...]
) -> None:
    operation = published(apart, "hal", "bob", "fay", "cat", "dan")
    for some in (three, three[::-1]):
        with apart.chain.isolate():
            name(apart, operation, *some)
            assert_waiting(apart, operation, *three)


def test_name__some_by_their_heads_and_one_by_a_signature__is_one_quorum(apart: Scene) -> None:
    operation = published(apart, "bob", "eve", "dan")
    entries = [head(apart, "bob"), apart.sign_published("cat", operation), head(apart, "dan")]
    with apart.chain.isolate():
        apart.must(apart.approve(operation, entries))
        assert_waiting(apart, operation, "bob", "cat", "dan")
    # With eve too it would be none, and cat is only recorded.
    apart.must(apart.approve(operation, [*entries, head(apart, "eve")]))
    assert_proposed(apart, operation, "bob", "eve", "dan", "cat")


def test_name__a_recorded_one__passes_over_whatever_stands_behind_its_seat(apart: Scene) -> None:
    operation = published(apart, *APART)
    nonsense = [(apart.seat(who), 1, (b"\x01" * 32, b"\x02" * 32, b"\x03")) for who in APART]
    apart.must(apart.approve(operation, nonsense))
    assert_waiting(apart, operation, *APART)


def test_name__one_who_is_not_recorded_by_the_head_alone__is_refused(apart: Scene) -> None:
    operation = published(apart, "bob", "cat")
    entries = [head(apart, who) for who in APART]
    refusal = ApprovalSignerUnexpected(seat=3, expected=DAN.address, actual=STRANGER)
    apart.refuses(refusal, lambda: apart.approve(operation, entries))
    apart.give(operation, "dan")
    apart.must(apart.approve(operation, entries))
    assert_waiting(apart, operation, *APART)


def test_name__the_same_one_twice_or_one_who_does_not_count__is_refused(apart: Scene) -> None:
    operation = published(apart, *APART)
    entries = [head(apart, who) for who in APART]
    twice = ApprovalDuplicate(seat=1)
    apart.refuses(twice, lambda: apart.approve(operation, [*entries, entries[0]]))
    foreign = ApprovalNotEligible(seat=7, eligible=bits_of(apart.roster().approvers))
    apart.refuses(foreign, lambda: apart.approve(operation, [*entries, head(apart, "gus")]))
    apart.must(apart.approve(operation, entries))
    assert_waiting(apart, operation, *APART)


def test_name__by_ones_own_transaction__is_one_of_the_quorum(apart: Scene) -> None:
    operation = published(apart, "bob", "cat")
    entries = [head(apart, "bob"), head(apart, "cat"), apart.own("dan", operation)]
    apart.must(apart.approve(operation, entries, by="dan"))
    assert_waiting(apart, operation, *APART)


def test_name__four_who_are_apart__keeps_all_of_them(apart: Scene) -> None:
    """A quorum may be larger than it has to be: it bears the loss of one."""
    operation = published(apart)
    apart.give(operation, "ann", *APART)
    moment = assert_waiting(apart, operation, "ann", *APART).moment
    apart.must(apart.send("ann", "withdraw", operation))
    assert assert_waiting(apart, operation, *APART).moment == moment
    apart.must(apart.send("cat", "withdraw", operation))
    assert_proposed(apart, operation, "bob", "dan")


def test_name__four_of_whom_two_are_too_near__is_no_quorum_though_three_of_them_would_be(
    apart: Scene,
) -> None:
    operation = published(apart)
    apart.give(operation, *APART, "hal")
    assert_proposed(apart, operation, *APART, "hal")
    name(apart, operation, *APART)
    assert_waiting(apart, operation, *APART)


# ------------------------------------------------------------------------------------------------- Of the security team


def test_name__nobody_of_the_security_team__is_no_quorum_though_one_is_recorded(apart: Scene) -> None:
    operation = published(apart, "bob", "hal", "fay", "dan")
    name(apart, operation, "hal", "fay", "dan")
    assert_proposed(apart, operation, "bob", "hal", "fay", "dan")
    name(apart, operation, "bob", "fay", "dan")
    assert_waiting(apart, operation, "bob", "fay", "dan")


# ------------------------------------------------------------------------------------------------------ While it stands


@pytest.mark.parametrize("ready", [False, True])
def test_approve__while_a_segregated_quorum_stands__is_refused_whatever_it_brings(
    apart: Scene, ready: bool
) -> None:
    operation = published(apart)
    apart.give(operation, *APART)
    entry = apart.sign_published("ann", operation)
    if ready:
        apart.pass_to_ready(operation)
    refusal = stands(apart, operation)
    apart.refuses(refusal, lambda: apart.approve(operation, [entry]))
    apart.refuses(refusal, lambda: apart.approve(operation, []))
    apart.refuses(refusal, lambda: apart.approve(operation, [head(apart, who) for who in APART]))
    apart.refuses(refusal, lambda: apart.approve(operation, [apart.own("ann", operation)], by="ann"))
    # As soon as it does not stand any more, the same entry is taken.
    apart.must(apart.send("bob", "withdraw", operation))
    apart.must(apart.approve(operation, [entry]))
    assert_proposed(apart, operation, "ann", "cat", "dan")


def test_approve__while_it_stands_and_after_approve_by__is_overdue_first(apart: Scene) -> None:
    approve_by = apart.next_time() + HOUR
    operation = apart.operation("pat", [HIGH_VALUE_CALL], approve_by=approve_by)
    apart.must(apart.propose("pat", operation))
    apart.give(operation, *APART)
    quorum_stands = stands(apart, operation)
    apart.refuses_at(approve_by, quorum_stands, lambda: apart.approve(operation, []))
    overdue = OperationOverdue(id=apart.id_of(operation), approve_by=approve_by, now_=approve_by + 1)
    apart.refuses_at(approve_by + 1, overdue, lambda: apart.approve(operation, []))


def test_approve__while_a_quorum_of_a_lower_tier_stands__joins_it(apart: Scene) -> None:
    operation = apart.published("pat", [STANDARD_CALL])
    apart.give(operation, "bob", "dan", "eve")
    apart.give(operation, "hal")
    assert_waiting(apart, operation, "bob", "dan", "eve", "hal")


# ----------------------------------------------------------------------------------------------------------- Taken back


def test_withdraw__from_a_named_quorum__keeps_the_others_for_another_name(apart: Scene) -> None:
    operation = published(apart)
    apart.give(operation, *APART)
    apart.must(apart.send("dan", "withdraw", operation))
    assert_proposed(apart, operation, "bob", "cat")

    # dan's signature is worthless from now on.
    entries = [head(apart, "bob"), head(apart, "cat")]
    refusal = ApprovalWithdrawn(seat=3)
    old = apart.sign_published("dan", operation)
    apart.refuses(refusal, lambda: apart.approve(operation, [*entries, old]))
    moment = apart.next_time() + HOUR
    with apart.chain.isolate():
        eve = apart.sign_published("eve", operation)
        apart.at(moment, lambda: apart.approve(operation, [*entries, eve]))
        assert assert_waiting(apart, operation, "bob", "cat", "eve").moment == moment + 48 * HOUR
    # His own transaction brings him back.
    own = apart.own("dan", operation)
    apart.at(moment, lambda: apart.approve(operation, [*entries, own], by="dan"))
    assert assert_waiting(apart, operation, *APART).moment == moment + 48 * HOUR


def test_withdraw__of_what_is_recorded_and_not_named__leaves_the_others_recorded(apart: Scene) -> None:
    operation = published(apart, *APART, "hal")
    apart.must(apart.send("bob", "withdraw", operation))
    assert_proposed(apart, operation, "cat", "dan", "hal")
    name(apart, operation, "cat", "dan", "hal")
    assert_waiting(apart, operation, "cat", "dan", "hal")


def test_left_out__by_a_name__may_approve_again_when_it_does_not_stand(apart: Scene) -> None:
    operation = published(apart, *APART, "hal")
    name(apart, operation, *APART)
    apart.must(apart.send("bob", "withdraw", operation))
    assert_proposed(apart, operation, "cat", "dan")
    hal = apart.sign_published("hal", operation)
    apart.must(apart.approve(operation, [head(apart, "cat"), head(apart, "dan"), hal]))
    assert_waiting(apart, operation, "cat", "dan", "hal")


# ------------------------------------------------------------------------------------------------------ Seat operations


@pytest.mark.parametrize("why", CLASHING)
def test_seat_operation__with_any_quorum__starts_its_clock_and_takes_late_approvals(
    apart: Scene, why: str
) -> None:
    """Else a vault whose people came too near to each other could never change them."""
    operation = apart.seat_operation("ann", "removeMember", apart.address("amy"))
    apart.give(operation, *CLASHING[why])
    lane = assert_waiting(apart, operation, *CLASHING[why])
    assert lane.tier is Tier.CUSTODY
    others = [who for who in ("cat", "hal", "eve") if who not in CLASHING[why]]
    apart.give(operation, others[0])
    assert_waiting(apart, operation, *CLASHING[why], others[0])
    apart.pass_to_ready(operation)
    apart.must(apart.execute("ann", operation))


def test_seat_operation__in_a_batch__is_none_and_wants_people_who_are_apart(apart: Scene) -> None:
    removal = apart.to_itself("pat", "removeMember", apart.address("amy"))[0][0]
    operation = apart.published("pat", [removal, ROUTINE_CALL])
    apart.give(operation, "bob", "dan", "eve")
    assert assert_proposed(apart, operation, "bob", "dan", "eve").tier is Tier.CUSTODY
    apart.give(operation, "cat")
    name(apart, operation, *APART)
    assert_waiting(apart, operation, *APART)


def test_setting__by_the_vault_itself__wants_people_who_are_apart(apart: Scene) -> None:
    operation = apart.published("pat", [apart.custody_call()])
    apart.give(operation, "bob", "dan", "eve")
    assert_proposed(apart, operation, "bob", "dan", "eve")
    entries = [head(apart, "bob"), head(apart, "dan"), apart.sign_published("cat", operation)]
    apart.must(apart.approve(operation, entries))
    assert_waiting(apart, operation, *APART)


# --------------------------------------------------------------------------------------------------------------- Groups


def test_group__named_in_a_list__makes_it_no_quorum(apart: Scene) -> None:
    """Its holders are in several places, and nobody knows in which of them it is signed."""
    owls = Group.new("owls")
    apart.must_change("addGroup", *addition(apart, owls, [4, 5, 6]))
    seat = apart.member(owls.account).seat
    apart.chain.set_time(apart.chain.now() + 91 * DAY)

    def entry(operation: Operation) -> tuple[int, int, tuple[bytes, bytes, bytes]]:
        publication = apart.publication(operation)
        digest = bytes(apart.read("approvalDigest", apart.id_of(operation), publication)[0])
        return (seat, publication, owls.sign(digest))

    standard = apart.published("pat", [STANDARD_CALL], nth=1)
    two = [apart.sign_published(who, standard) for who in ("bob", "cat")]
    apart.must(apart.approve(standard, [*two, entry(standard)]))
    assert apart.status(standard) is Status.WAITING

    operation = published(apart, "bob", "cat", "dan")
    apart.must(apart.approve(operation, [head(apart, "bob"), head(apart, "cat"), entry(operation)]))
    # It is recorded, and does not count.
    lane = apart.lane(operation[1])[1]
    assert lane.approvals == {1, 2, 3, seat}
    assert apart.status(operation) is Status.PROPOSED
    bare = (seat, 0, (bytes(32),) * 3)
    for some in (("bob", "cat"), ("bob", "cat", "dan")):
        apart.must(apart.approve(operation, [*(head(apart, who) for who in some), bare]))
        assert apart.lane(operation[1])[1] == lane
    name(apart, operation, *APART)
    assert_waiting(apart, operation, *APART)


# ------------------------------------------------------------------------------------------- In lower tiers, in propose


@pytest.fixture
def standard(anvil: Anvil) -> Scene:
    """The same vault, segregated from STANDARD on."""
    return spread_scene(anvil, segregated=Tier.STANDARD)


def test_propose__with_a_segregated_quorum__starts_the_clock(standard: Scene) -> None:
    operation = standard.operation("pat", [STANDARD_CALL])
    standard.must(standard.propose("pat", operation, [standard.sign(who, operation) for who in APART]))
    lane = assert_waiting(standard, operation, *APART)
    assert lane.moment == standard.chain.now() + 48 * HOUR
    refusal = stands(standard, operation)
    standard.refuses(refusal, lambda: standard.approve(operation, [standard.sign("ann", operation)]))


@pytest.mark.parametrize("why", CLASHING)
def test_propose__with_three_of_whom_two_are_too_near__records_them(standard: Scene, why: str) -> None:
    operation = standard.operation("pat", [STANDARD_CALL])
    entries = [standard.sign(who, operation) for who in CLASHING[why]]
    standard.must(standard.propose("pat", operation, entries))
    assert_proposed(standard, operation, *CLASHING[why])
    rest = [standard.sign(who, operation) for who in APART if who not in CLASHING[why]]
    named = [head(standard, who) for who in APART if who in CLASHING[why]]
    standard.must(standard.approve(operation, [*named, *rest]))
    assert_waiting(standard, operation, *APART)


def test_propose__below_the_segregated_tiers__asks_nobody_where_he_is(standard: Scene) -> None:
    operation = standard.operation("pat", [ROUTINE_CALL])
    entries = [standard.sign(who, operation) for who in ("dan", "eve")]
    standard.must(standard.propose("pat", operation, entries))
    assert_waiting(standard, operation, "dan", "eve")


def test_bucket__of_a_segregated_tier__is_filled_when_the_quorum_is_named(standard: Scene) -> None:
    operation = standard.published("pat", [STANDARD_CALL])
    for who in ("hal", "bob", "cat", "dan"):
        standard.give(operation, who)

    def level() -> int:
        terms = AssetTerms.unpack(standard.asset_word(NATIVE))
        assert terms is not None
        return terms.level

    name(standard, operation, "hal", "bob", "cat")
    assert level() == 0
    name(standard, operation, *APART)
    assert level() == 2_000_000


def test_rise__by_what_others_moved__to_a_segregated_tier_stands_only_where_all_are_apart(
    standard: Scene,
) -> None:
    """ROUTINE at publication, STANDARD when its quorum is reached: whoever is recorded is the quorum, or nobody is."""
    six = call(to=PAYEE, value=6 * ETHER // 10)
    together, near, four = (standard.published("pat", [six], nth=nth) for nth in range(3))
    other = standard.published("pat", [six], nth=3)
    standard.give(other, "dan", "eve")
    assert standard.status(other) is Status.WAITING

    standard.give(together, *APART)
    assert assert_waiting(standard, together, *APART).tier is Tier.STANDARD
    standard.give(near, "bob", "dan", "eve")
    assert assert_proposed(standard, near, "bob", "dan", "eve").tier is Tier.STANDARD
    standard.give(four, *APART, "hal")
    assert_proposed(standard, four, *APART, "hal")
    name(standard, four, *APART)
    assert_waiting(standard, four, *APART)


def test_cast__of_these_tests__is_as_near_as_it_says() -> None:
    """So that nobody here clashes with somebody else than is said."""
    approvers = [who for who in SPREAD if who.roles & Role.APPROVER]
    near = {
        f"{one.name} {other.name}"
        for one, other in combinations(approvers, 2)
        if not are_segregated(one.attributes, other.attributes)
    }
    assert near == {"dan eve", "cat fay", "bob hal", "ann fay", "ann hal"}
