"""Limits of strategies: the vault loosens, guards only tighten and stop, and what they stop comes back by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.anvil import Anvil, Outcome
from tests.companions import Companion, Event, assert_complete, deployed
from tests.contracts.scene import HERE, Scene, usual_scene, world_of
from tests.stage import DAY, NATIVE, STRANGER, Actor, call
from verifier.errors import VaultError
from verifier.errors.operations import CallFailed
from verifier.errors.strategies import (
    UNTIL_RESUMED,
    OrderPositionTooLarge,
    OrderRiskTooHigh,
    OrderTooLarge,
    StrategyCallerUnfit,
    StrategyGuardInvalid,
    StrategyGuardsFull,
    StrategyHeld,
    StrategyNotTightened,
    StrategySuspended,
    StrategySuspendedTooSoon,
    StrategyUnknown,
    StrategyVenuesFull,
    VenueNotAllowed,
)
from verifier.model.member import Role

BASIS = b"basis trade".ljust(32, b"\0")
CARRY = b"carry".ljust(32, b"\0")
HOME = b"home venue".ljust(32, b"\0")
AWAY = b"away venue".ljust(32, b"\0")
TERMS = (1_000, 100, 500)
"""Position, order, risk."""
GUARD = bytes.fromhex("94a2d0" + "00" * 17)
SECOND = bytes.fromhex("94a2d1" + "00" * 17)
LENGTH = 14 * DAY
PAUSE = 30 * DAY
MOST_U128 = 2**128 - 1


def number(account: bytes) -> int:
    """Return how a guard that was appointed is told from the others."""
    return int.from_bytes(account, "big")


@dataclass(slots=True)
class Desk:
    """A vault with one strategy, a guard of it, and a second strategy."""

    scene: Scene
    limits: Companion

    @property
    def vault(self) -> bytes:
        return self.scene.vault

    def change(self, function: str, *arguments: Any) -> Outcome:
        """Let the vault do it, as an executed operation would."""
        return self.limits.must(self.vault, function, *arguments)

    def send(self, who: str | bytes, function: str, *arguments: Any) -> Outcome:
        """Let somebody try what is possible at once."""
        return self.limits.send(self.scene.address(who), function, self.vault, *arguments)

    def must(self, who: str | bytes, function: str, *arguments: Any) -> Outcome:
        return self.limits.must(self.scene.address(who), function, self.vault, *arguments)

    def read(self, function: str, *arguments: Any) -> Any:
        return self.limits.read(function, self.vault, *arguments)

    def order(self, strategy: Any = BASIS, **of: Any) -> tuple[Any, ...]:
        """Return the arguments of an order, which is at every limit unless said otherwise."""
        usual = {"venue": HOME, "size": TERMS[1], "position": TERMS[0], "risk": TERMS[2]} | of
        return (strategy, usual["venue"], usual["size"], usual["position"], usual["risk"])

    def passes(self, *order: Any) -> None:
        assert self.limits.call("checkOrder", self.vault, *(order or self.order())).succeeded

    def refuses_order(self, because: VaultError, *order: Any) -> None:
        self.limits.was_refused(because, self.limits.call("checkOrder", self.vault, *(order or self.order())))

    def at(self, moment: int, act: Callable[[], Outcome]) -> Outcome:
        self.scene.chain.set_next_time(moment)
        outcome = act()
        assert outcome.succeeded
        return outcome

    def now(self) -> int:
        return self.scene.chain.now()

    def suspended(self, until: int, strategy: bytes = BASIS, now: int | None = None) -> StrategySuspended:
        return StrategySuspended(
            vault=self.vault, strategy=strategy, until=until, now_=self.now() if now is None else now
        )


@pytest.fixture
def desk(scene: Scene) -> Desk:
    desk = Desk(scene, deployed(scene.chain, "strategy_limits"))
    for strategy in (BASIS, CARRY):
        desk.change("setTerms", strategy, TERMS)
        desk.change("setVenue", strategy, HOME, True)
        desk.change("setGuard", strategy, GUARD, True)
    return desk


# ------------------------------------------------------------------------------------------------------------ Orders


def test_order__at_every_limit__passes_and_changes_nothing(desk: Desk) -> None:
    desk.passes()
    desk.passes(*desk.order(size=0, position=0, risk=0))
    before = world_of(desk.scene.chain)
    desk.must(STRANGER, "checkOrder", *desk.order())
    assert world_of(desk.scene.chain) == before


REFUSED_ORDERS: dict[str, tuple[dict[str, Any], VaultError]] = {
    "venue": ({"venue": AWAY}, VenueNotAllowed(strategy=BASIS, venue=AWAY)),
    "size": ({"size": 101}, OrderTooLarge(strategy=BASIS, maximum=100, actual=101)),
    "position": ({"position": 1_001}, OrderPositionTooLarge(strategy=BASIS, maximum=1_000, actual=1_001)),
    "risk": ({"risk": 501}, OrderRiskTooHigh(strategy=BASIS, maximum=500, actual=501)),
}


@pytest.mark.parametrize("what", REFUSED_ORDERS)
def test_order__one_beyond_a_limit__is_refused_with_that_reason(desk: Desk, what: str) -> None:
    changes, because = REFUSED_ORDERS[what]
    desk.passes()
    desk.refuses_order(because, *desk.order(**changes))


@pytest.mark.parametrize("what", ["size", "position", "risk"])
def test_order__of_a_size_that_no_limit_reaches__is_refused_whole(desk: Desk, what: str) -> None:
    """No number is cut to the width of its limit."""
    huge = 2**255
    maximum = dict(zip(("position", "size", "risk"), TERMS, strict=True))[what]
    kind = {"size": OrderTooLarge, "position": OrderPositionTooLarge, "risk": OrderRiskTooHigh}[what]
    desk.refuses_order(kind(strategy=BASIS, maximum=maximum, actual=huge), *desk.order(**{what: huge}))


def test_order__of_an_unknown_strategy__is_refused(desk: Desk) -> None:
    unknown = b"unknown".ljust(32, b"\0")
    desk.refuses_order(StrategyUnknown(vault=desk.vault, strategy=unknown), *desk.order(unknown))


def test_order__of_another_vaults_strategy__is_refused(desk: Desk) -> None:
    other = usual_scene(desk.scene.chain)
    because = StrategyUnknown(vault=other.vault, strategy=BASIS)
    desk.limits.was_refused(because, desk.limits.call("checkOrder", other.vault, *desk.order()))
    desk.passes()


def test_order__of_a_strategy_that_began_with_nothing__passes_only_if_it_is_nothing(desk: Desk) -> None:
    new = b"new".ljust(32, b"\0")
    desk.change("setTerms", new, (0, 0, 0))
    order = desk.order(new, size=0, position=0, risk=0)
    desk.refuses_order(VenueNotAllowed(strategy=new, venue=HOME), *order)
    desk.change("setVenue", new, HOME, True)
    desk.passes(*order)
    desk.refuses_order(
        OrderTooLarge(strategy=new, maximum=0, actual=1), *desk.order(new, size=1, position=0, risk=0)
    )


# --------------------------------------------------------------------------------------------------- By the vault


def test_set_terms__higher_or_lower__is_what_holds_and_is_told(desk: Desk) -> None:
    for terms in ((MOST_U128, MOST_U128, 2**32 - 1), (1, 2, 3)):
        outcome = desk.change("setTerms", BASIS, terms)
        assert desk.read("termsOf", BASIS) == terms
        assert desk.limits.events(outcome) == [
            Event(
                name="TermsChanged",
                arguments={
                    "vault": text(desk.vault),
                    "strategy": BASIS,
                    "terms": terms,
                    "by": text(desk.vault),
                },
            )
        ]
    assert desk.read("termsOf", CARRY) == TERMS
    assert desk.read("strategiesOf") == (BASIS, CARRY)


def text(address: bytes) -> str:
    """Return an address as eth-abi decodes it."""
    return "0x" + address.hex()


@pytest.mark.parametrize(
    ("function", "arguments"),
    [("setTerms", (BASIS, TERMS)), ("setVenue", (BASIS, AWAY, True)), ("setGuard", (BASIS, SECOND, True))],
)
@pytest.mark.parametrize("who", ["ann", "gus", GUARD], ids=["approver", "guardian", "guard"])
def test_what_loosens__by_anybody_but_the_vault__is_their_own_book_and_not_the_vaults(
    desk: Desk, who: str | bytes, function: str, arguments: tuple[Any, ...]
) -> None:
    """Who calls is whose book it is: nothing of the vault's is within their reach."""
    before = everything_of(desk)
    desk.limits.send(desk.scene.address(who), function, *arguments)
    assert everything_of(desk) == before


def test_resume__by_anybody_but_the_vault__does_not_reach_the_vaults_strategy(desk: Desk) -> None:
    desk.must("gus", "suspend", BASIS)
    because = StrategyUnknown(vault=GUARD, strategy=BASIS)
    desk.limits.refuses(because, lambda: desk.limits.send(GUARD, "resume", BASIS))
    desk.change("resume", BASIS)


def everything_of(desk: Desk) -> dict[bytes, tuple[Any, ...]]:
    """Return all that the contract says about the vault."""
    return {
        strategy: tuple(
            desk.read(view, strategy) for view in ("termsOf", "venuesOf", "guardsOf", "suspensionOf")
        )
        for strategy in desk.read("strategiesOf")
    }


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        ("setVenue", (AWAY, True)),
        ("setGuard", (GUARD, True)),
        ("resume", ()),
    ],
)
def test_change__of_an_unknown_strategy__is_refused(
    desk: Desk, function: str, arguments: tuple[Any, ...]
) -> None:
    unknown = b"unknown".ljust(32, b"\0")
    because = StrategyUnknown(vault=desk.vault, strategy=unknown)
    desk.limits.refuses(because, lambda: desk.limits.send(desk.vault, function, unknown, *arguments))
    desk.change("setTerms", unknown, TERMS)
    desk.change(function, unknown, *arguments)


@pytest.mark.parametrize(
    ("function", "arguments"),
    [("suspend", ()), ("tighten", ((0, 0, 0),)), ("dropVenue", (HOME,))],
)
@pytest.mark.parametrize("who", ["gus", "vault"])
def test_stopping__an_unknown_strategy__is_refused(
    desk: Desk, who: str, function: str, arguments: tuple[Any, ...]
) -> None:
    unknown = b"unknown".ljust(32, b"\0")
    because = StrategyUnknown(vault=desk.vault, strategy=unknown)
    sender = desk.vault if who == "vault" else who
    desk.limits.refuses(because, lambda: desk.send(sender, function, unknown, *arguments))
    desk.must(sender, function, BASIS, *arguments)


def test_set_venue__allowed_and_no_longer__in_any_order(desk: Desk) -> None:
    desk.change("setVenue", BASIS, AWAY, True)
    assert desk.read("venuesOf", BASIS) == (HOME, AWAY)
    desk.passes(*desk.order(venue=AWAY))
    # Again, and the other way round for one that is not there: nothing else happens.
    desk.change("setVenue", BASIS, AWAY, True)
    desk.change("setVenue", BASIS, b"nowhere".ljust(32, b"\0"), False)
    assert desk.read("venuesOf", BASIS) == (HOME, AWAY)
    desk.change("setVenue", BASIS, HOME, False)
    assert desk.read("venuesOf", BASIS) == (AWAY,)
    desk.refuses_order(VenueNotAllowed(strategy=BASIS, venue=HOME))
    assert desk.read("venuesOf", CARRY) == (HOME,)


def test_set_venue__no_longer__after_another_went_in_its_place(desk: Desk) -> None:
    """The last one takes the place of the one that goes, and is still found there when it goes itself."""
    names = [bytes([n]) * 32 for n in range(1, 5)]
    for name in names:
        desk.change("setVenue", BASIS, name, True)
    for gone, left in (
        (HOME, (names[3], names[0], names[1], names[2])),
        (names[3], (names[2], names[0], names[1])),
        (names[2], (names[1], names[0])),
        (names[1], (names[0],)),
        (names[0], ()),
    ):
        desk.change("setVenue", BASIS, gone, False)
        assert desk.read("venuesOf", BASIS) == left


def test_set_venue__the_65th__is_refused_until_one_is_dropped(desk: Desk) -> None:
    names = [bytes([n]) * 32 for n in range(1, 64)]
    for name in names:
        desk.change("setVenue", BASIS, name, True)
    because = StrategyVenuesFull(strategy=BASIS)
    desk.limits.refuses(because, lambda: desk.limits.send(desk.vault, "setVenue", BASIS, AWAY, True))
    # One that is there already is no 65th.
    desk.change("setVenue", BASIS, HOME, True)
    desk.change("setVenue", BASIS, names[3], False)
    desk.change("setVenue", BASIS, AWAY, True)
    assert len(desk.read("venuesOf", BASIS)) == 64


def test_set_guard__the_17th__is_refused_until_one_is_dismissed(desk: Desk) -> None:
    guards = [bytes([n]) * 20 for n in range(1, 16)]
    for guard in guards:
        desk.change("setGuard", BASIS, guard, True)
    because = StrategyGuardsFull(strategy=BASIS)
    desk.limits.refuses(because, lambda: desk.limits.send(desk.vault, "setGuard", BASIS, SECOND, True))
    desk.change("setGuard", BASIS, GUARD, True)
    desk.change("setGuard", BASIS, guards[0], False)
    desk.change("setGuard", BASIS, SECOND, True)
    assert len(desk.read("guardsOf", BASIS)) == 16


@pytest.mark.parametrize("guard", [NATIVE, (2**32 - 1).to_bytes(20, "big")])
def test_set_guard__whose_number_could_be_a_persons__is_refused(desk: Desk, guard: bytes) -> None:
    because = StrategyGuardInvalid(guard=guard)
    desk.limits.refuses(because, lambda: desk.limits.send(desk.vault, "setGuard", BASIS, guard, True))
    desk.change("setGuard", BASIS, (2**32).to_bytes(20, "big"), True)


def test_set_guard__dismissed__may_nothing_any_more(desk: Desk) -> None:
    assert desk.read("guardsOf", BASIS) == (text(GUARD),)
    desk.change("setGuard", BASIS, GUARD, False)
    because = StrategyCallerUnfit(vault=desk.vault, strategy=BASIS, caller=GUARD)
    desk.limits.refuses(because, lambda: desk.send(GUARD, "suspend", BASIS))
    assert desk.read("guardsOf", BASIS) == ()
    # Of the other strategy it still is one.
    desk.must(GUARD, "suspend", CARRY)


# ------------------------------------------------------------------------------------------------- Who may tighten

TIGHTENINGS: dict[str, tuple[Any, ...]] = {
    "suspend": (BASIS,),
    "tighten": (BASIS, (999, 99, 499)),
    "dropVenue": (BASIS, HOME),
}


@pytest.mark.parametrize("function", TIGHTENINGS)
@pytest.mark.parametrize("who", ["gus", GUARD], ids=["guardian", "guard"])
def test_tightening__by_a_guard_or_a_guardian__takes_effect_at_once(
    desk: Desk, who: str | bytes, function: str
) -> None:
    desk.passes()
    desk.must(who, function, *TIGHTENINGS[function])
    assert not desk.limits.call("checkOrder", desk.vault, *desk.order()).succeeded
    desk.passes(*desk.order(CARRY))


@pytest.mark.parametrize("function", TIGHTENINGS)
@pytest.mark.parametrize(
    "who", ["ann", "amy", SECOND, STRANGER], ids=["approver", "auditor", "other", "stranger"]
)
def test_tightening__by_anybody_else__is_refused(desk: Desk, who: str | bytes, function: str) -> None:
    desk.change("setGuard", CARRY, SECOND, True)
    sender = desk.scene.address(who)
    because = StrategyCallerUnfit(vault=desk.vault, strategy=BASIS, caller=sender)
    desk.limits.refuses(because, lambda: desk.send(who, function, *TIGHTENINGS[function]))
    desk.change("setGuard", BASIS, sender, True)
    desk.must(who, function, *TIGHTENINGS[function])


@pytest.mark.parametrize("function", TIGHTENINGS)
@pytest.mark.parametrize("how", ["suspended", "removed"])
def test_tightening__by_a_guardian_who_is_none_now__is_refused(desk: Desk, how: str, function: str) -> None:
    gus = desk.scene.address("gus")
    with desk.scene.chain.isolate():
        if how == "suspended":
            desk.scene.must(desk.scene.send("gus", "suspend", gus))
        else:
            desk.scene.must_change("removeMember", gus)
        because = StrategyCallerUnfit(vault=desk.vault, strategy=BASIS, caller=gus)
        desk.limits.refuses(because, lambda: desk.send("gus", function, *TIGHTENINGS[function]))
    desk.must("gus", function, *TIGHTENINGS[function])


@pytest.mark.parametrize("function", TIGHTENINGS)
def test_tightening__by_another_vaults_guardian__is_refused(desk: Desk, function: str) -> None:
    gil = Actor.new("gil", Role.GUARDIAN)
    other = usual_scene(desk.scene.chain)
    other.must_change("addMember", gil.address, gil.person, int(gil.roles), HERE.pack())
    because = StrategyCallerUnfit(vault=desk.vault, strategy=BASIS, caller=gil.address)
    desk.limits.refuses(because, lambda: desk.send(gil.address, function, *TIGHTENINGS[function]))
    desk.scene.must_change("addMember", gil.address, gil.person, int(gil.roles), HERE.pack())
    desk.must(gil.address, function, *TIGHTENINGS[function])


# ---------------------------------------------------------------------------------------------------------- Tighten


@pytest.mark.parametrize("at", [0, 1, 2], ids=["position", "order", "risk"])
@pytest.mark.parametrize("others", ["as today", "higher", "lower"])
def test_tighten__one_limit__is_lowered_and_no_other_is_raised(desk: Desk, at: int, others: str) -> None:
    most = (MOST_U128, MOST_U128, 2**32 - 1)
    given_terms = list({"as today": TERMS, "higher": most, "lower": (0, 0, 0)}[others])
    given_terms[at] = TERMS[at] - 1
    expected = tuple(min(a, b) for a, b in zip(given_terms, TERMS, strict=True))
    outcome = desk.must(GUARD, "tighten", BASIS, tuple(given_terms))
    assert desk.read("termsOf", BASIS) == expected
    (event,) = desk.limits.events(outcome)
    assert event.arguments["terms"] == expected
    assert event.arguments["by"] == text(GUARD)


@pytest.mark.parametrize("terms", [TERMS, (1_001, 100, 500), (MOST_U128, MOST_U128, 2**32 - 1)])
@pytest.mark.parametrize("who", [GUARD, "gus", "vault"], ids=["guard", "guardian", "vault"])
def test_tighten__with_nothing_lower__is_refused(
    desk: Desk, who: str | bytes, terms: tuple[int, ...]
) -> None:
    sender = desk.vault if who == "vault" else who
    because = StrategyNotTightened(vault=desk.vault, strategy=BASIS)
    desk.limits.refuses(because, lambda: desk.send(sender, "tighten", BASIS, terms))
    desk.must(sender, "tighten", BASIS, (terms[0], terms[1], TERMS[2] - 1))


def test_drop_venue__that_is_not_allowed__is_refused(desk: Desk) -> None:
    because = VenueNotAllowed(strategy=BASIS, venue=AWAY)
    desk.limits.refuses(because, lambda: desk.send(GUARD, "dropVenue", BASIS, AWAY))
    desk.must(GUARD, "dropVenue", BASIS, HOME)
    again = VenueNotAllowed(strategy=BASIS, venue=HOME)
    desk.limits.refuses(again, lambda: desk.send(GUARD, "dropVenue", BASIS, HOME))
    # The vault, though, is not stopped by a guard that was quicker.
    desk.change("setVenue", BASIS, HOME, False)


# ---------------------------------------------------------------------------------------------------------- Suspend


@pytest.mark.parametrize("who", ["gus", GUARD], ids=["guardian", "guard"])
def test_suspend__by_a_guard__lapses_after_14_days(desk: Desk, who: str | bytes) -> None:
    guard = desk.scene.member("gus").person if who == "gus" else number(GUARD)
    begun = desk.now() + 10
    outcome = desk.at(begun, lambda: desk.send(who, "suspend", BASIS))
    until = begun + LENGTH
    assert desk.read("suspensionOf", BASIS) == (guard, until)
    assert desk.read("heldBy", guard) == (BASIS, until)
    assert desk.read("notBefore", guard, BASIS) == until + PAUSE
    assert desk.limits.events(outcome) == [
        Event(
            name="SuspensionChanged",
            arguments={
                "vault": text(desk.vault),
                "strategy": BASIS,
                "guard": guard,
                "until": until,
                "notBefore": until + PAUSE,
            },
        )
    ]
    desk.scene.chain.set_time(until - 1)
    desk.refuses_order(desk.suspended(until))
    desk.scene.chain.set_time(until)
    desk.passes()


@pytest.mark.parametrize("who", ["gus", GUARD, SECOND], ids=["guardian", "itself", "another"])
def test_suspend__what_is_suspended__is_refused_until_it_lapses(desk: Desk, who: str | bytes) -> None:
    desk.change("setGuard", BASIS, SECOND, True)
    desk.must(GUARD, "suspend", BASIS)
    until = desk.now() + LENGTH
    because = desk.suspended(until, now=until - 1)
    desk.limits.refuses_at(until - 1, because, lambda: desk.send(who, "suspend", BASIS))
    if who == GUARD:
        too_soon = StrategySuspendedTooSoon(
            guard=number(GUARD), strategy=BASIS, not_before=until + PAUSE, now_=until
        )
        desk.limits.refuses_at(until, too_soon, lambda: desk.send(who, "suspend", BASIS))
    else:
        desk.at(until, lambda: desk.send(who, "suspend", BASIS))


@pytest.mark.parametrize("who", ["gus", GUARD], ids=["guardian", "guard"])
def test_suspend__again_by_the_same_guard__is_refused_for_30_days_after_the_lapse(
    desk: Desk, who: str | bytes
) -> None:
    guard = desk.scene.member("gus").person if who == "gus" else number(GUARD)
    desk.must(who, "suspend", BASIS)
    not_before = desk.now() + LENGTH + PAUSE
    because = StrategySuspendedTooSoon(
        guard=guard, strategy=BASIS, not_before=not_before, now_=not_before - 1
    )
    desk.limits.refuses_at(not_before - 1, because, lambda: desk.send(who, "suspend", BASIS))
    desk.at(not_before, lambda: desk.send(who, "suspend", BASIS))
    desk.refuses_order(desk.suspended(not_before + LENGTH))


def test_suspend__a_second_strategy_by_the_same_guard__is_refused_until_the_first_lapses(desk: Desk) -> None:
    desk.must(GUARD, "suspend", BASIS)
    until = desk.now() + LENGTH
    because = StrategyHeld(guard=number(GUARD), strategy=BASIS, until=until, now_=until - 1)
    desk.limits.refuses_at(until - 1, because, lambda: desk.send(GUARD, "suspend", CARRY))
    desk.at(until, lambda: desk.send(GUARD, "suspend", CARRY))
    desk.refuses_order(desk.suspended(until + LENGTH, CARRY), *desk.order(CARRY))
    desk.passes()


@pytest.mark.parametrize("by_vault", ["suspend", "resume"])
def test_suspend__a_second_strategy__is_possible_once_the_vault_settled_the_first(
    desk: Desk, by_vault: str
) -> None:
    desk.must(GUARD, "suspend", BASIS)
    if by_vault == "suspend":
        desk.must(desk.vault, "suspend", BASIS)
    else:
        desk.change("resume", BASIS)
    desk.must(GUARD, "suspend", CARRY)


def test_suspend__a_second_strategy_by_another_guard__is_possible(desk: Desk) -> None:
    desk.must(GUARD, "suspend", BASIS)
    desk.must("gus", "suspend", CARRY)


def test_suspend__of_another_vaults_strategy_by_the_same_guard__is_possible(desk: Desk) -> None:
    other = Desk(usual_scene(desk.scene.chain), desk.limits)
    other.change("setTerms", BASIS, TERMS)
    other.change("setGuard", BASIS, GUARD, True)
    desk.must(GUARD, "suspend", BASIS)
    other.must(GUARD, "suspend", BASIS)


def test_suspend__by_a_guardian_with_a_new_key__is_bound_by_what_the_old_one_did(desk: Desk) -> None:
    fay = Actor.new("fay", Role.GUARDIAN)
    gus = desk.scene.member("gus").person
    desk.must("gus", "suspend", BASIS)
    until = desk.now() + LENGTH
    desk.scene.must_change("replaceMember", desk.scene.address("gus"), fay.address, gus, HERE.pack())
    held = StrategyHeld(guard=gus, strategy=BASIS, until=until, now_=desk.now() + 1)
    desk.limits.refuses(held, lambda: desk.send(fay.address, "suspend", CARRY))
    desk.at(until, lambda: desk.send(fay.address, "suspend", CARRY))


def test_suspend__by_a_guardian_who_is_a_guard_too__is_by_one_and_not_two(desk: Desk) -> None:
    """Two names of one account would be two suspensions at a time."""
    desk.change("setGuard", BASIS, desk.scene.address("gus"), True)
    desk.must("gus", "suspend", BASIS)
    until = desk.now() + LENGTH
    held = StrategyHeld(
        guard=desk.scene.member("gus").person, strategy=BASIS, until=until, now_=desk.now() + 1
    )
    desk.limits.refuses(held, lambda: desk.send("gus", "suspend", CARRY))


def test_suspend__by_a_guard_who_was_dismissed_and_came_back__still_has_to_pause(desk: Desk) -> None:
    desk.must(GUARD, "suspend", BASIS)
    until = desk.now() + LENGTH
    desk.change("setGuard", BASIS, GUARD, False)
    desk.refuses_order(desk.suspended(until))
    desk.change("setGuard", BASIS, GUARD, True)
    desk.scene.chain.set_time(until)
    because = StrategySuspendedTooSoon(
        guard=number(GUARD), strategy=BASIS, not_before=until + PAUSE, now_=until + 1
    )
    desk.limits.refuses(because, lambda: desk.send(GUARD, "suspend", BASIS))


# --------------------------------------------------------------------------------------- Confirm, suspend, resume


def test_suspend__by_the_vault__does_not_lapse(desk: Desk) -> None:
    desk.must(desk.vault, "suspend", BASIS)
    assert desk.read("suspensionOf", BASIS) == (0, UNTIL_RESUMED)
    desk.scene.chain.set_time(desk.now() + 1_000 * DAY)
    desk.refuses_order(desk.suspended(UNTIL_RESUMED))
    desk.change("resume", BASIS)
    desk.passes()
    assert desk.read("suspensionOf", BASIS) == (0, 0)


@pytest.mark.parametrize("confirmed", [True, False])
def test_suspend__by_the_vault__confirms_a_guards_to_the_last_second(desk: Desk, confirmed: bool) -> None:
    desk.must(GUARD, "suspend", BASIS)
    until = desk.now() + LENGTH
    guard = number(GUARD)
    if confirmed:
        desk.at(until - 1, lambda: desk.send(desk.vault, "suspend", BASIS))
        assert desk.read("suspensionOf", BASIS) == (guard, UNTIL_RESUMED)
        assert desk.read("heldBy", guard) == (bytes(32), 0)
        desk.scene.chain.set_time(until)
        desk.refuses_order(desk.suspended(UNTIL_RESUMED))
    else:
        # A second later it is the vault's own.
        desk.at(until, lambda: desk.send(desk.vault, "suspend", BASIS))
        assert desk.read("suspensionOf", BASIS) == (0, UNTIL_RESUMED)


def test_suspend__by_the_vault_twice__is_as_once(desk: Desk) -> None:
    desk.must(GUARD, "suspend", BASIS)
    desk.must(desk.vault, "suspend", BASIS)
    desk.must(desk.vault, "suspend", BASIS)
    assert desk.read("suspensionOf", BASIS) == (number(GUARD), UNTIL_RESUMED)


@pytest.mark.parametrize("who", ["gus", GUARD], ids=["guardian", "guard"])
def test_suspend__by_a_guard__does_not_shorten_the_vaults(desk: Desk, who: str | bytes) -> None:
    desk.must(desk.vault, "suspend", BASIS)
    because = desk.suspended(UNTIL_RESUMED, now=desk.now() + 1)
    desk.limits.refuses(because, lambda: desk.send(who, "suspend", BASIS))


@pytest.mark.parametrize("is_confirmed", [True, False])
def test_resume__a_guards_suspension__begins_its_pause_of_30_days(desk: Desk, is_confirmed: bool) -> None:
    desk.must(GUARD, "suspend", BASIS)
    if is_confirmed:
        desk.must(desk.vault, "suspend", BASIS)
        desk.scene.chain.set_time(desk.now() + 100 * DAY)
    outcome = desk.change("resume", BASIS)
    desk.passes()
    not_before = desk.now() + PAUSE
    guard = number(GUARD)
    assert desk.read("notBefore", guard, BASIS) == not_before
    assert desk.read("heldBy", guard) == (bytes(32), 0)
    (event,) = desk.limits.events(outcome)
    assert (event.arguments["guard"], event.arguments["until"], event.arguments["notBefore"]) == (
        guard,
        0,
        not_before,
    )
    because = StrategySuspendedTooSoon(
        guard=guard, strategy=BASIS, not_before=not_before, now_=not_before - 1
    )
    desk.limits.refuses_at(not_before - 1, because, lambda: desk.send(GUARD, "suspend", BASIS))
    desk.at(not_before, lambda: desk.send(GUARD, "suspend", BASIS))


def test_resume__a_confirmed_one__leaves_what_its_guard_holds_since(desk: Desk) -> None:
    desk.must(GUARD, "suspend", BASIS)
    desk.must(desk.vault, "suspend", BASIS)
    desk.must(GUARD, "suspend", CARRY)
    until = desk.now() + LENGTH
    desk.change("resume", BASIS)
    assert desk.read("heldBy", number(GUARD)) == (CARRY, until)
    desk.passes()
    desk.refuses_order(desk.suspended(until, CARRY), *desk.order(CARRY))


def test_resume__where_nothing_is_suspended__passes_without_a_word(desk: Desk) -> None:
    """A lapse, which needs no transaction, blocks no batch of the vault."""
    before = world_of(desk.scene.chain)
    assert desk.limits.events(desk.change("resume", BASIS)) == []
    assert world_of(desk.scene.chain) == before
    desk.must(GUARD, "suspend", BASIS)
    until = desk.now() + LENGTH
    outcome = desk.at(until, lambda: desk.limits.send(desk.vault, "resume", BASIS))
    assert desk.limits.events(outcome) == []
    # The pause began with the lapse, not with this.
    assert desk.read("notBefore", number(GUARD), BASIS) == until + PAUSE


# ----------------------------------------------------------------------------------------------------- As a whole


def test_operation__that_loosens__waits_as_custody_and_then_does(desk: Desk) -> None:
    scene = desk.scene
    higher = (2_000, 200, 500)
    data = desk.limits.data_of("setTerms", BASIS, higher)
    operation = scene.ready("ann", [call(to=desk.limits.address, data=data)])
    assert desk.read("termsOf", BASIS) == TERMS
    scene.must(scene.execute("ann", operation))
    assert desk.read("termsOf", BASIS) == higher


def test_operation__whose_order_is_beyond_a_limit__does_not_execute(desk: Desk) -> None:
    """A batch may ask before it acts, and on-chain order management is a caller like any other."""
    scene = desk.scene
    data = desk.limits.data_of("checkOrder", desk.vault, *desk.order())
    operation = scene.ready("ann", [call(to=desk.limits.address, data=data)])
    desk.must(GUARD, "tighten", BASIS, (1_000, 99, 500))
    inner = desk.limits.data_of_error(OrderTooLarge(strategy=BASIS, maximum=99, actual=100))
    scene.refuses(CallFailed(index=0, reason=inner), lambda: scene.execute("ann", operation))


GUARDS: dict[str, str | bytes] = {
    "guard": GUARD,
    "second": SECOND,
    "guardian": "gus",
}


tightening = st.one_of(
    st.tuples(
        st.just("tighten"),
        st.tuples(st.integers(0, 1_200), st.integers(0, 120), st.integers(0, 600)),
    ),
    st.tuples(st.just("dropVenue"), st.sampled_from([HOME, AWAY])),
    st.tuples(st.just("suspend"), st.just(None)),
)


@settings(max_examples=40)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(list(GUARDS)), tightening, st.integers(0, 50)), min_size=1, max_size=8
    )
)
def test_steps_of_guards__any_of_them_in_any_order__never_let_more_pass(
    node: Anvil, steps: list[tuple[str, tuple[str, Any], int]]
) -> None:
    """While the vault does nothing: limits and venues only shrink, and replaying the events gives the storage.

    A suspension lapses, and so can let pass again what passed before it; it never lets pass more than that.
    """
    with node.isolate():
        scene = usual_scene(node)
        desk = Desk(scene, deployed(node, "strategy_limits"))
        events = []
        for function, arguments in (
            ("setTerms", (BASIS, TERMS)),
            ("setVenue", (BASIS, HOME, True)),
            ("setVenue", (BASIS, AWAY, True)),
            ("setGuard", (BASIS, GUARD, True)),
            ("setGuard", (BASIS, SECOND, True)),
        ):
            events += desk.limits.events(desk.change(function, *arguments))
        for who, (function, argument), days in steps:
            terms, venues = desk.read("termsOf", BASIS), set(desk.read("venuesOf", BASIS))
            suspension = desk.read("suspensionOf", BASIS)
            node.set_next_time(node.now() + 1 + days * DAY)
            outcome = desk.send(GUARDS[who], function, BASIS, *([] if argument is None else [argument]))
            events += desk.limits.events(outcome)
            now = desk.read("termsOf", BASIS)
            assert all(a <= b for a, b in zip(now, terms, strict=True))
            assert set(desk.read("venuesOf", BASIS)) <= venues
            # Nobody ends a suspension before its time.
            assert desk.read("suspensionOf", BASIS)[1] >= suspension[1]
        replayed_terms, replayed_venues, replayed_until = TERMS, list[bytes](), 0
        for event in events:
            match event.name:
                case "TermsChanged":
                    replayed_terms = event.arguments["terms"]
                case "VenueChanged" if event.arguments["isAllowed"]:
                    replayed_venues.append(event.arguments["venue"])
                case "VenueChanged":
                    at = replayed_venues.index(event.arguments["venue"])
                    replayed_venues[at] = replayed_venues[-1]
                    replayed_venues.pop()
                case "SuspensionChanged":
                    replayed_until = event.arguments["until"]
                case "GuardChanged":
                    pass
                case other:
                    raise AssertionError(f"an event that nothing here replays: {other}")
        assert desk.read("termsOf", BASIS) == replayed_terms
        assert list(desk.read("venuesOf", BASIS)) == replayed_venues
        assert desk.read("suspensionOf", BASIS)[1] == replayed_until


def test_limits__of_a_vault__are_used_by_a_strategy(anvil: Anvil) -> None:
    """What a vault asks at its founding: nothing may be kept for its address before it is there."""
    limits = deployed(anvil, "strategy_limits")
    assert limits.read("isUnused", STRANGER)
    limits.must(STRANGER, "setTerms", BASIS, TERMS)
    assert not limits.read("isUnused", STRANGER)
    assert limits.read("isUnused", limits.address)


def test_everything__that_the_limits_can_do_and_refuse__was_tried(request: pytest.FixtureRequest) -> None:
    # What these say of a strategy that does not exist is nothing; setTerms begins one.
    views = {"strategiesOf", "termsOf", "venuesOf", "guardsOf", "suspensionOf", "heldBy", "notBefore"}
    assert_complete("strategy_limits", request, always_pass=frozenset(views | {"setTerms", "isUnused"}))
