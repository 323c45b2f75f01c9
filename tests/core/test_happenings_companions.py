"""What a watcher says of duties, of trading strategies, and of what it does not know."""

from __future__ import annotations

import pytest

from tests.core.vault_state import PAYEE, TOKEN
from tests.core.watched import Story, begun, kinds, one
from tests.desk.fakes import COMPANIONS, VAULT, address_of
from verifier.assess.happenings import learn
from verifier.model.call import AbiValue
from verifier.model.finding import Severity
from verifier.model.watching import Kind

BASIS = b"\x0b" * 32
VENUE = b"\x0e" * 32


def duties(story: Story, person: int, held: int, by: bytes = VAULT) -> None:
    story.transact()
    registry = COMPANIONS.duty_registry
    story.emit(registry, "DutiesChanged", vault=VAULT, person=person, duties=held, by=by)


def terms(story: Story, *limits: int, by: bytes = VAULT) -> None:
    story.transact()
    limits_of = COMPANIONS.strategy_limits
    story.emit(limits_of, "TermsChanged", vault=VAULT, strategy=BASIS, terms=limits, by=by)


def test_look__duties__granted_and_revoked_and_by_whom() -> None:
    story = begun()
    duties(story, 3, 1)
    granted = one(story.look(), Kind.DUTY)
    assert "Person 3 has the duty KEY_MATERIAL now, by an operation" in granted.sentence
    duties(story, 3, 5)
    duties(story, 3, 4, by=address_of(5))
    added, revoked = story.look()
    assert "has the duty SIGNING_SERVER now" in added.sentence
    assert f"has the duty KEY_MATERIAL no more, by {address_of(5)}" in revoked.sentence
    assert not any(each.pages for each in story.told)
    assert len({each.key for each in story.told}) == 3


def test_look__duties_that_exclude_each_other__dropped_rings_and_more_is_a_notice() -> None:
    story = begun()
    registry = COMPANIONS.duty_registry
    story.emit(registry, "ConflictsChanged", vault=VAULT, duty=1, conflicts=0x20001)
    assert not one(story.look(), Kind.DUTY).pages
    story.transact()
    story.emit(registry, "ConflictsChanged", vault=VAULT, duty=1, conflicts=0)
    assert one(story.look(), Kind.DUTY).severity is Severity.WARNING


def test_look__terms_of_a_strategy__raised_rings_and_tightened_is_a_notice() -> None:
    story = begun()
    terms(story, 100, 10, 5)
    assert "A new strategy" in one(story.look(), Kind.STRATEGY).sentence
    terms(story, 100, 10, 6)
    raised = one(story.look(), Kind.STRATEGY)
    assert (raised.severity, raised.pages) == (Severity.WARNING, True)
    terms(story, 90, 10, 5, by=PAYEE)
    tightened = one(story.look(), Kind.STRATEGY)
    assert (tightened.severity, tightened.pages) == (Severity.NOTICE, False)
    assert f"tightened by {PAYEE}" in tightened.sentence


def test_look__venues_and_guards__told() -> None:
    story = begun()
    limits = COMPANIONS.strategy_limits
    story.emit(limits, "VenueChanged", vault=VAULT, strategy=BASIS, venue=VENUE, isAllowed=True, by=VAULT)
    story.emit(limits, "GuardChanged", vault=VAULT, strategy=BASIS, guard=PAYEE, isAppointed=True)
    venue, guard = story.look()
    assert "is allowed to strategy" in venue.sentence
    assert f"{PAYEE} is a guard" in guard.sentence
    assert venue.episode == guard.episode


@pytest.mark.parametrize(
    ("guard", "until", "said"),
    [
        (5, 1_800_000_000, "stopped by the guardian who is person 5 until Fri 2027-01-15"),
        (int.from_bytes(PAYEE, "big"), 1_800_000_000, f"stopped by {PAYEE} until"),
        (0, (1 << 40) - 1, "stopped by the vault until it is resumed"),
    ],
)
def test_look__strategy_that_is_stopped__rings_and_its_end_is_a_notice(
    guard: int, until: int, said: str
) -> None:
    story = begun()
    limits = COMPANIONS.strategy_limits
    values: dict[str, AbiValue] = {"vault": VAULT, "strategy": BASIS, "guard": guard, "notBefore": 0}
    story.emit(limits, "SuspensionChanged", **values, until=until)
    stopped = one(story.look(), Kind.STRATEGY)
    assert said in stopped.sentence
    assert stopped.pages
    story.transact()
    story.emit(limits, "SuspensionChanged", **values, until=0)
    assert not one(story.look(), Kind.STRATEGY).pages


def test_look__other_vaults_duties__nothing() -> None:
    story = begun()
    registry = COMPANIONS.duty_registry
    story.emit(registry, "DutiesChanged", vault=PAYEE, person=3, duties=1, by=PAYEE)
    assert story.look() == ()


@pytest.mark.parametrize("emitter", [VAULT, COMPANIONS.duty_registry, COMPANIONS.bypass_ledger])
def test_look__event_that_this_release_does_not_know__rings_once(emitter: bytes) -> None:
    story = begun()
    topics = (b"\xab" * 32, bytes(12) + VAULT)
    story.write(type(VAULT)(emitter), topics, b"")
    told = one(story.look(), Kind.UNKNOWN_EVENT)
    assert (told.severity, told.pages) == (Severity.WARNING, True)
    assert (b"\xab" * 32).hex() in told.sentence
    story.transact()
    story.write(type(VAULT)(emitter), topics, b"")
    # It has the same key: whoever keeps it does not tell it again.
    assert [each.key for each in story.look()] == [told.key]


def test_look__two_unknown_events_of_one_contract__two_happenings_of_one_episode() -> None:
    story = begun()
    for topic in (b"\xab" * 32, b"\xac" * 32):
        story.write(VAULT, (topic,), b"")
    first, second = story.look()
    assert first.key != second.key
    assert first.episode == second.episode


def test_look__known_event_with_other_data__as_unknown() -> None:
    story = begun()
    story.emit(VAULT, "RosterChanged", roster=1)
    log = story.logs.pop()
    story.write(VAULT, log.topics, log.data + bytes(31))
    assert kinds(story.look()) == [Kind.UNKNOWN_EVENT]


def test_look__log_of_an_asset_that_is_no_transfer__nothing() -> None:
    story = begun()
    story.write(TOKEN, (b"\xab" * 32, bytes(12) + VAULT), b"")
    assert story.look() == ()


def test_learn__old_events__kept_and_never_told() -> None:
    story = Story()
    duties(story, 3, 1)
    terms(story, 100, 10, 5)
    facts = learn(story.reading().head.chain_id, VAULT, journal={}, events=story.events(), times=story.times)
    story.journal = {fact.subject: fact for fact in facts}
    story.logs = []
    assert story.look() == ()
    # It is known how much it was.
    terms(story, 101, 10, 5)
    assert one(story.look(), Kind.STRATEGY).pages
    duties(story, 3, 0)
    assert "KEY_MATERIAL no more" in one(story.look(), Kind.DUTY).sentence
