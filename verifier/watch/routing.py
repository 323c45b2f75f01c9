"""Which channel is told of what. Pure: the same happenings, asked about again, give the same deliveries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from verifier.model.finding import Severity
from verifier.model.routes import Route, Routes
from verifier.model.units import BlockNumber, Timestamp
from verifier.model.watching import NOTHING_FINAL, Delivery, Happening, Kept, Kind, Parcel, Standing
from verifier.watch.hours import quiet_until

Told = Mapping[tuple[str, str], Severity]
"""By channel and episode: the gravest that was told there."""


def deliveries_for(
    happenings: Iterable[Happening],
    told: Told,
    routes: Routes,
    now: Timestamp,
    *,
    final: BlockNumber = NOTHING_FINAL,
) -> tuple[Delivery, ...]:
    """Return what goes into the outbox with new happenings.

    The first that a channel is told of an episode is an alert, and so is whatever is graver than all that it was told;
    the rest are updates. Nothing is dropped for the hour: it becomes due later, and danger at once.

    :param told: what the store says of the happenings' episodes
    :param final: happenings up to this block are confirmed
    """
    gravest = dict(told)
    made: list[Delivery] = []
    for happening in happenings:
        for route in routes.routes:
            place = (route.channel, happening.episode)
            before = gravest.get(place)
            if not _is_told(route, happening, before):
                continue
            is_alert = before is None or happening.severity > before
            parcel = Parcel.ALERT if is_alert else Parcel.UPDATE
            is_final = happening.block <= final
            made.append(
                Delivery(
                    # One key for both: what is seen again by a later look is not told again as an update.
                    key=f"{route.channel}:{happening.key}:{Parcel.ALERT}",
                    channel=route.channel,
                    parcel=parcel,
                    happening=happening,
                    standing=Standing.CONFIRMED if is_final else Standing.UNCONFIRMED,
                    created_at=now,
                    due_at=due_at(route, happening.severity, now),
                )
            )
            gravest[place] = max(happening.severity, before or Severity.INFO)
    return tuple(made)


def escalations_for(unacknowledged: Iterable[Kept], routes: Routes, now: Timestamp) -> tuple[Delivery, ...]:
    """Return what goes to the next channels, since nobody acknowledged it in time: once for each episode, step and
    channel, and once more where it became graver.

    :param unacknowledged: what still stands, as the store has it
    """
    made: dict[str, Delivery] = {}
    for every in _by_episode(unacknowledged):
        for escalation in routes.escalations:
            episode = [kept for kept in every if is_page(kept.happening, escalation.least)]
            if not episode or now - min(kept.first_seen for kept in episode) < escalation.after:
                continue
            gravest = max(episode, key=lambda kept: (kept.happening.severity, -kept.number))
            for channel in escalation.channels:
                # Kinds of an episode that comes again and again may have the same severity: then it rings once.
                key = f"{channel}:{gravest.happening.key}:{Parcel.ESCALATION}"
                made.setdefault(
                    key,
                    Delivery(
                        key=key,
                        channel=channel,
                        parcel=Parcel.ESCALATION,
                        happening=gravest.happening,
                        standing=gravest.standing,
                        created_at=now,
                        due_at=now,
                        number=gravest.number,
                    ),
                )
    return tuple(made.values())


def is_page(happening: Happening, least: Severity = Severity.WARNING) -> bool:
    """Whether a person has to be fetched for it."""
    return happening.severity >= least if happening.pages is None else happening.pages


def due_at(route: Route, severity: Severity, now: Timestamp) -> Timestamp:
    """Return when a route lets something through: danger always does."""
    return now if severity >= Severity.DANGER else quiet_until(route.quiet, now)


def is_wanted(route: Route, happening: Happening) -> bool:
    """Whether a route wants to hear of such a thing at all, had it heard nothing before."""
    if route.is_last_resort or not _is_in_scope(route, happening):
        return False
    if route.is_pager:
        return is_page(happening, route.least)
    return happening.severity >= route.least or happening.pages is True


def _is_told(route: Route, happening: Happening, before: Severity | None) -> bool:
    if route.is_last_resort or not _is_in_scope(route, happening):
        return False
    if before is None:
        return is_wanted(route, happening)
    if happening.severity > before and is_wanted(route, happening):
        return True
    if not route.updates:
        return False
    # A pager rings again only for what fetches somebody by itself: that all went well wakes nobody.
    return not route.is_pager or is_wanted(route, happening)


def _is_in_scope(route: Route, happening: Happening) -> bool:
    if happening.kind is Kind.TEST:
        # It goes through every channel that is tested, whatever its route.
        return False
    if route.kinds is not None and happening.kind not in route.kinds:
        return False
    if route.vaults is None or happening.vault is None:
        return True
    return (happening.chain_id, happening.vault) in route.vaults


def _by_episode(kept: Iterable[Kept]) -> list[list[Kept]]:
    episodes: dict[str, list[Kept]] = {}
    for one in kept:
        if one.acknowledged_at is None and one.standing is not Standing.RETRACTED:
            episodes.setdefault(one.happening.episode, []).append(one)
    return list(episodes.values())
