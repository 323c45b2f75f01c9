"""How few members a vault may come down to: the full floor for what is decided, the bare floor for what happens."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import product

import pytest

from tests.anvil import Anvil, AnvilError
from tests.contracts.scene import BOTH, HERE, Scene, scene_of, tiers_with
from tests.stage import DAY, HOUR, STRANGER, USUAL_TIERS, Actor, configuration, creation_of
from verifier.errors import VaultError, from_revert
from verifier.errors.settings import FloorBroken
from verifier.model.member import Role
from verifier.model.tier import Tier, TierTerms
from verifier.model.units import Duration, Hours

SECURE = Role.APPROVER | Role.SECURITY
KINDS = {"approver": Role.APPROVER, "security": SECURE, "proposer": Role.PROPOSER, "guardian": Role.GUARDIAN}
Heads = dict[str, int]
"""How many there are of each kind."""


def people(heads: Heads) -> list[Actor]:
    return [
        Actor.new(f"{kind} {i}", KINDS[kind], person=100 * at + i + 1)
        for at, kind in enumerate(KINDS)
        for i in range(heads.get(kind, 0))
    ]


def tiers_of(quorum: int, security: int) -> tuple[TierTerms, ...]:
    """Return tiers of which CUSTODY asks for so many approvals."""
    terms = TierTerms(quorum=2, security_approvals=0, delay=Duration(DAY), grace_hours=Hours(24))
    custody = TierTerms(
        quorum=quorum, security_approvals=security, delay=Duration(DAY), grace_hours=Hours(24)
    )
    return (terms, terms, terms, custody)


# --------------------------------------------------------------- The two floors as the design says them, head by head


def without(heads: Heads, kind: str) -> Heads:
    return {**heads, kind: heads.get(kind, 0) - 1}


def kinds_in(heads: Heads) -> Iterator[str]:
    return (kind for kind, count in heads.items() if count > 0)


def is_quorum(heads: Heads, quorum: int, security: int) -> bool:
    secure = heads.get("security", 0)
    return heads.get("approver", 0) + secure >= quorum and secure >= security


def is_bare(heads: Heads, quorum: int, security: int) -> bool:
    """Someone who may publish a seat operation, and a CUSTODY quorum without them."""
    publishers = [kind for kind in kinds_in(heads) if KINDS[kind] & BOTH]
    return any(is_quorum(without(heads, kind), quorum, security) for kind in publishers)


def is_full(heads: Heads, quorum: int, security: int) -> bool:
    """For every member there is someone else who may publish, and a CUSTODY quorum without these two."""
    return all(is_bare(without(heads, kind), quorum, security) for kind in kinds_in(heads))


def refusal_of_founding(anvil: Anvil, heads: Heads, quorum: int, security: int) -> VaultError | None:
    """Return why a vault of these cannot be founded, or None where it can. Nothing is put on the chain."""
    creation = creation_of(configuration(people(heads), tiers=tiers_of(quorum, security)))
    try:
        anvil.rpc("eth_call", [{"data": "0x" + creation.hex()}, "latest"])
    except AnvilError as exc:
        return from_revert(bytes.fromhex(exc.error["data"][2:]))
    return None


@pytest.mark.parametrize("quorum", [2, 3])
def test_found__by_any_small_number__holds_the_full_floor(anvil: Anvil, quorum: int) -> None:
    seen = set()
    for security, approvers, secure, proposers in product(range(3), range(5), range(4), range(3)):
        # With fewer the supermajority is out of range already.
        if approvers + secure >= quorum:
            heads = {"approver": approvers, "security": secure, "proposer": proposers, "guardian": 1}
            error = refusal_of_founding(anvil, heads, quorum, security)
            expected = is_full(heads, quorum, security)
            assert (error is None) == expected, (heads, quorum, security)
            assert expected or isinstance(error, FloorBroken)
            seen.add(expected)
    assert seen == {True, False}


@pytest.mark.parametrize(("quorum", "security"), [(2, 0), (2, 1), (3, 1), (3, 2), (2, 2)])
def test_remove__down_to_any_small_number__holds_the_bare_floor(
    anvil: Anvil, quorum: int, security: int
) -> None:
    heads = {"approver": 3, "security": 3, "proposer": 2, "guardian": 1}
    scene = scene_of(anvil, people(heads), tiers=tiers_of(quorum, security))
    seen: dict[tuple[int, ...], bool] = {}

    def descend(heads: Heads) -> None:
        for kind in list(kinds_in(heads)):
            fewer = without(heads, kind)
            if (key := tuple(fewer.values())) in seen:
                continue
            about = scene.address(f"{kind} {heads[kind] - 1}")
            answer = scene.call("removeMember", about, sender=scene.vault)
            # Guardians are no part of any floor.
            expected = kind == "guardian" or is_bare(fewer, quorum, security)
            assert answer.succeeded == expected, (fewer, quorum, security)
            assert expected or isinstance(from_revert(answer.data), FloorBroken)
            seen[key] = expected
            if expected:
                with scene.chain.isolate():
                    scene.must_change("removeMember", about)
                    descend(fewer)

    descend(heads)
    assert set(seen.values()) == {True, False}


# ------------------------------------------------------------------------------------------------------ By their names


@pytest.mark.parametrize(
    ("quorum", "security", "heads", "neighbour"),
    [
        pytest.param(2, 0, {"approver": 3}, {"approver": 3, "proposer": 1}, id="2-of-3 and a pure proposer"),
        pytest.param(2, 0, {"approver": 3}, {"approver": 4}, id="2-of-3 and a fourth approver"),
        pytest.param(3, 0, {"approver": 4}, {"approver": 5}, id="3-of-5 as it stands"),
        pytest.param(2, 0, {"approver": 3, "guardian": 2}, {"approver": 4, "guardian": 2}, id="no help by guardians"),
        pytest.param(
            2, 1, {"approver": 3, "security": 1}, {"approver": 2, "security": 2}, id="security approvals count"
        ),
    ],
)  # fmt: skip
def test_found__below_the_full_floor__is_refused(
    anvil: Anvil, quorum: int, security: int, heads: Heads, neighbour: Heads
) -> None:
    tiers = tiers_of(quorum, security)
    creation = creation_of(configuration(people(heads), tiers=tiers))
    outcome = anvil.send(STRANGER, None, creation)
    refusal = from_revert(outcome.revert_data)
    approvers = heads.get("approver", 0) + heads.get("security", 0)
    assert isinstance(refusal, FloorBroken)
    assert vars(refusal) == {
        "approvers": approvers,
        "security": heads.get("security", 0),
        "custody": tiers[3].pack(),
    }
    assert anvil.code(bytes.fromhex(outcome.receipt["contractAddress"][2:])) == b""
    assert scene_of(anvil, people(neighbour), tiers=tiers).roster().epoch == 1


def floor(scene: Scene) -> FloorBroken:
    """Return the refusal by today's roster and the usual terms of CUSTODY."""
    roster = scene.roster()
    return FloorBroken(
        approvers=len(roster.approvers),
        security=len(roster.security),
        custody=USUAL_TIERS[Tier.CUSTODY].pack(),
    )


def test_set_tiers__between_the_floors__is_refused(scene: Scene) -> None:
    """A removal may go down to the bare floor; whoever decides on tiers then has to ask for less, or add somebody."""
    scene.must_change("removeMember", scene.address("eve"))
    scene.refuses(floor(scene), lambda: scene.set_tiers(supermajority=3))
    with scene.chain.isolate():
        less = tuple(
            TierTerms(quorum=2, security_approvals=0, delay=t.delay, grace_hours=t.grace_hours)
            for t in USUAL_TIERS
        )
        scene.must(scene.set_tiers(less, 3))
    scene.newcomer("fox")
    scene.must(scene.set_tiers(supermajority=3))


def test_set_tiers__with_a_higher_quorum_than_the_floor_bears__is_refused(scene: Scene) -> None:
    scene.must(scene.set_tiers(supermajority=4))
    higher = tiers_with(Tier.CUSTODY, quorum=4)
    refusal = FloorBroken(approvers=5, security=2, custody=higher[Tier.CUSTODY].pack())
    scene.refuses(refusal, lambda: scene.set_tiers(higher, 4))
    scene.newcomer("fox")
    scene.must(scene.set_tiers(higher, 4))


# --------------------------------------------------------------------------------------------- Below the bare floor


@pytest.fixture
def low(scene: Scene) -> Scene:
    """A vault below its bare floor: dan under a guardian's suspension, and then eve suspended herself."""
    scene.must(scene.set_tiers(supermajority=3))
    scene.newcomer("gil", Role.GUARDIAN)
    scene.must(scene.send("gus", "suspend", scene.address("dan")))
    scene.must(scene.send("eve", "suspend", scene.address("eve")))
    return scene


def test_below_the_bare_floor__what_takes_power_from_a_member__is_refused(low: Scene) -> None:
    """The refusal tells what would be left: of ann, bob and cat, the two last ones of the security team."""
    custody = USUAL_TIERS[Tier.CUSTODY].pack()
    ann, bob, cat, dan = (low.address(who) for who in ("ann", "bob", "cat", "dan"))
    steps: list[tuple[int, int, str, tuple[object, ...]]] = [
        (2, 2, "removeMember", (ann,)),
        (2, 1, "removeMember", (cat,)),
        (3, 2, "setRoles", (ann, int(Role.APPROVER))),
        (3, 1, "setRoles", (bob, int(BOTH))),
        (2, 2, "setRoles", (ann, int(Role.PROPOSER))),
        (3, 2, "confirmSuspension", (dan,)),
        (3, 2, "removeMember", (dan,)),
    ]
    for approvers, security, function, arguments in steps:
        refusal = FloorBroken(approvers=approvers, security=security, custody=custody)
        low.refuses(refusal, partial(low.change, function, *arguments))
    low.refuses(
        FloorBroken(approvers=2, security=2, custody=custody), lambda: low.send("gil", "suspend", ann)
    )
    low.refuses(floor(low), lambda: low.set_tiers(supermajority=3))

    # With the floor restored, all of these are possible again.
    low.newcomer("fox", SECURE)
    low.newcomer("fay")
    for _, _, function, arguments in steps:
        with low.chain.isolate():
            low.must_change(function, *arguments)


def test_below_the_bare_floor__what_takes_no_power__is_never_refused(low: Scene) -> None:
    fay = Actor.new("fay", Role.APPROVER)
    eve = low.address("eve")
    for function, arguments in (
        ("addMember", (fay.address, fay.person, int(fay.roles), HERE.pack())),
        ("reinstateMember", (eve,)),
        ("reinstateMember", (low.address("dan"),)),
        ("replaceMember", (eve, fay.address, fay.person, HERE.pack())),
        ("replaceMember", (low.address("ann"), fay.address, fay.person, HERE.pack())),
        ("removeMember", (low.address("gus"),)),
        ("removeMember", (low.address("amy"),)),
        ("setRoles", (low.address("bob"), int(BOTH | SECURE | Role.AUDITOR))),
        ("setAttributes", (low.address("cat"), HERE.pack())),
        ("setAsset", (bytes(20), 0)),
        ("setCounterparty", (STRANGER, 1)),
    ):
        with low.chain.isolate():
            low.must_change(function, *arguments)
    for who in ("ann", "bob", "cat", "dan", "gus"):
        with low.chain.isolate():
            low.must(low.send(who, "suspend", low.address(who)))
    low.chain.set_time(low.chain.now() + 14 * DAY + 72 * HOUR)
    low.must(low.send(STRANGER, "lapse", low.address("dan")))
