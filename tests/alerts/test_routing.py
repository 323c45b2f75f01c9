"""Who is told what: one alert an episode, updates to those who were told, and danger at any hour."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.alerts.samples import MAINNET, NOW, OTHER_VAULT, VAULT, happening, kept
from tests.core.test_happenings_month import MOST_PAGES, usual
from verifier.model.finding import Severity
from verifier.model.routes import Escalation, Hours, Route, Routes
from verifier.model.units import BlockNumber, Duration, Timestamp
from verifier.model.watching import Kind, Parcel, Standing
from verifier.watch.routing import deliveries_for, escalations_for

OPS = Routes(routes=(Route(channel="ops", least=Severity.WARNING),))
LOG = Route(channel="log", least=Severity.INFO)
PAGER = Route(channel="phone", least=Severity.WARNING, is_pager=True)
NIGHT = Hours(first=22 * 60, last=7 * 60, zone="Europe/Zurich")


def channels(routes: Routes, **changes: object) -> list[str]:
    return [each.channel for each in deliveries_for([happening(**changes)], {}, routes, NOW)]


@pytest.mark.parametrize(
    ("severity", "told"),
    [
        (Severity.INFO, ["log"]),
        (Severity.NOTICE, ["log"]),
        (Severity.WARNING, ["ops", "phone", "log"]),
        (Severity.DANGER, ["ops", "phone", "log"]),
    ],
)
def test_deliveries__a_severity__only_channels_for_it_are_told(severity: Severity, told: list[str]) -> None:
    routes = Routes(routes=(*OPS.routes, PAGER, LOG))

    assert channels(routes, severity=severity) == told


@pytest.mark.parametrize(
    ("severity", "pages", "told"),
    [
        # A large operation was queued: a notice, and yet somebody has to look.
        (Severity.NOTICE, True, ["ops", "phone", "log"]),
        (Severity.WARNING, False, ["ops", "log"]),
        (Severity.WARNING, None, ["ops", "phone", "log"]),
    ],
)
def test_deliveries__what_fetches_a_person__the_pager_rings_by_that(
    severity: Severity, pages: bool | None, told: list[str]
) -> None:
    routes = Routes(routes=(*OPS.routes, PAGER, LOG))

    assert channels(routes, severity=severity, pages=pages) == told


def test_deliveries__a_route_for_one_vault__others_and_their_kinds_stay_away() -> None:
    mine = Route(
        channel="ops", vaults=frozenset({(MAINNET, VAULT)}), kinds=frozenset({Kind.QUEUED, Kind.BEHIND})
    )
    routes = Routes(routes=(mine,))

    assert channels(routes) == ["ops"]
    assert channels(routes, vault=OTHER_VAULT) == []
    assert channels(routes, kind=Kind.VETOED) == []
    # What is wrong with the chain concerns every vault on it.
    assert channels(routes, vault=None, kind=Kind.BEHIND) == ["ops"]


def test_deliveries__an_episode_goes_on__an_alert_then_updates_and_graver_rings_again() -> None:
    story = [
        happening(kind=Kind.QUEUED, occasion="1"),
        happening(kind=Kind.READY_SOON, occasion="2", severity=Severity.NOTICE),
        happening(kind=Kind.CODE_CHANGED, occasion="3", severity=Severity.DANGER),
        happening(kind=Kind.VETOED, occasion="", severity=Severity.INFO),
    ]

    parcels = [each.parcel for each in deliveries_for(story, {}, OPS, NOW)]

    assert parcels == [Parcel.ALERT, Parcel.UPDATE, Parcel.ALERT, Parcel.UPDATE]


def test_deliveries__told_before_as_the_store_knows__it_goes_on_from_there() -> None:
    one = happening(severity=Severity.WARNING)

    def parcel(before: Severity) -> Parcel:
        (made,) = deliveries_for([one], {("ops", one.episode): before}, OPS, NOW)
        return made.parcel

    assert parcel(Severity.NOTICE) is Parcel.ALERT
    assert parcel(Severity.WARNING) is Parcel.UPDATE


def test_deliveries__nothing_was_told__what_is_less_grave_is_no_update_either() -> None:
    assert deliveries_for([happening(severity=Severity.INFO)], {}, OPS, NOW) == ()


def test_deliveries__a_pager__it_hears_of_no_end_and_no_chatter_but_of_what_rings_again() -> None:
    routes = Routes(routes=(PAGER,))
    story = [
        happening(kind=Kind.QUEUED),
        happening(kind=Kind.APPROVED, severity=Severity.INFO),
        happening(kind=Kind.READY_SOON),
        happening(kind=Kind.VETOED, severity=Severity.INFO),
    ]

    kinds = [each.happening.kind for each in deliveries_for(story, {}, routes, NOW) if each.happening]

    assert kinds == [Kind.QUEUED, Kind.READY_SOON]


def test_deliveries__a_routine_month__the_pager_rings_less_than_five_times_and_the_log_has_everything() -> (
    None
):
    routes = Routes(routes=(PAGER, LOG))
    told = usual().told

    made = deliveries_for(told, {}, routes, NOW)

    assert sum(each.channel == "phone" for each in made) <= MOST_PAGES
    assert sum(each.channel == "log" for each in made) == len(told)


def test_deliveries__updates_not_wanted__only_what_is_graver_comes() -> None:
    routes = Routes(routes=(Route(channel="ops", least=Severity.WARNING, updates=False),))
    story = [
        happening(occasion="1"),
        happening(occasion="2"),
        happening(occasion="3", severity=Severity.DANGER),
    ]

    assert [each.parcel for each in deliveries_for(story, {}, routes, NOW)] == [Parcel.ALERT, Parcel.ALERT]


def test_deliveries__the_same_happening_again__it_has_the_same_key() -> None:
    (first,) = deliveries_for([happening()], {}, OPS, NOW)
    (again,) = deliveries_for([happening()], {("ops", happening().episode): Severity.WARNING}, OPS, NOW)

    assert first.key == again.key


def test_deliveries__a_final_block__it_is_confirmed_from_the_start() -> None:
    block = happening().block

    (firm,) = deliveries_for([happening()], {}, OPS, NOW, final=block)
    (fresh,) = deliveries_for([happening()], {}, OPS, NOW, final=BlockNumber(block - 1))

    assert (firm.standing, fresh.standing) == (Standing.CONFIRMED, Standing.UNCONFIRMED)


def test_deliveries__at_night__a_warning_waits_for_the_morning_and_danger_does_not() -> None:
    routes = Routes(routes=(replace(OPS.routes[0], quiet=NIGHT),))

    (warned,) = deliveries_for([happening()], {}, routes, NOW)
    (alarmed,) = deliveries_for([happening(severity=Severity.DANGER)], {}, routes, NOW)

    # 01:53 in Zurich; 07:00 there is 06:00 UTC.
    assert warned.due_at == 1_796_018_400
    assert alarmed.due_at == NOW


def test_deliveries__a_last_resort__it_hears_only_what_nobody_acknowledged() -> None:
    routes = Routes(routes=(Route(channel="boss", is_last_resort=True),))

    assert deliveries_for([happening(severity=Severity.DANGER)], {}, routes, NOW) == ()


def test_deliveries__the_synthetic_alert__no_route_takes_it_by_itself() -> None:
    assert deliveries_for([happening(kind=Kind.TEST)], {}, Routes(routes=(LOG,)), NOW) == ()


@given(
    st.lists(st.tuples(st.sampled_from(Severity), st.sampled_from([None, True, False]), st.integers(0, 3))),
    st.sampled_from([None, NIGHT]),
    st.integers(0, 1 << 33),
)
def test_deliveries__any_story__danger_is_never_dropped_nor_delayed(
    story: list[tuple[Severity, bool | None, int]], quiet: Hours | None, now: int
) -> None:
    routes = Routes(routes=(Route(channel="ops", quiet=quiet, most_an_hour=1),))
    told = [
        happening(severity=severity, pages=pages, subject=f"operation/{episode}", occasion=str(i))
        for i, (severity, pages, episode) in enumerate(story)
    ]

    made = deliveries_for(told, {}, routes, Timestamp(now))

    at_once = {each.happening.key for each in made if each.happening and each.due_at == now}
    assert {one.key for one in told if one.severity is Severity.DANGER} <= at_once
    assert len({each.key for each in made}) == len(made)
    assert all(each.due_at >= now for each in made)


ESCALATING = Routes(
    escalations=(
        Escalation(after=Duration(900), channels=("phone",)),
        Escalation(after=Duration(3_600), channels=("boss", "phone"), least=Severity.DANGER),
    )
)


@pytest.mark.parametrize(
    ("minutes", "severity", "told"),
    [
        (14, Severity.DANGER, []),
        (15, Severity.DANGER, ["phone"]),
        (15, Severity.WARNING, ["phone"]),
        (15, Severity.NOTICE, []),
        (60, Severity.DANGER, ["phone", "boss"]),
        (600, Severity.WARNING, ["phone"]),
    ],
)
def test_escalations__nobody_acknowledged__the_next_channels_hear_in_time(
    minutes: int, severity: Severity, told: list[str]
) -> None:
    later = Timestamp(NOW + minutes * 60)

    made = escalations_for([kept(severity=severity)], ESCALATING, later)

    assert [each.channel for each in made] == told
    assert all(each.parcel is Parcel.ESCALATION and each.number == 17 for each in made)


def test_escalations__acknowledged_or_taken_back__nobody_else_hears() -> None:
    later = Timestamp(NOW + 86_400)
    heard = replace(kept(), acknowledged_at=NOW)
    taken_back = replace(kept(), standing=Standing.RETRACTED)

    assert escalations_for([heard, taken_back], ESCALATING, later) == ()


def test_escalations__an_episode_of_many_happenings__it_rings_once_and_names_the_gravest() -> None:
    story = [
        kept(1, kind=Kind.QUEUED),
        kept(2, first_seen=NOW + 800, kind=Kind.CODE_CHANGED, severity=Severity.DANGER),
        kept(3, kind=Kind.APPROVED, severity=Severity.INFO),
    ]

    made = escalations_for(story, ESCALATING, Timestamp(NOW + 900))

    assert [(each.channel, each.number) for each in made] == [("phone", 2)]


def test_escalations__asked_again__they_have_the_same_keys() -> None:
    first = escalations_for([kept()], ESCALATING, Timestamp(NOW + 900))
    again = escalations_for([kept()], ESCALATING, Timestamp(NOW + 9_000))

    assert [each.key for each in first] == [each.key for each in again]
