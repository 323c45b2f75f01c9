"""`fourth-signer guard --check`: which vaults, from which seat, by which rules, and what these would have done."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from verifier.cli.guard_hold import FileHold
from verifier.cli.guard_key import open_guard_key
from verifier.cli.guard_past import last_published
from verifier.cli.guard_plans import make_chains, require_apart, require_guarding
from verifier.cli.watch_check import Parts, examine_daily, examine_told
from verifier.desk.briefing import Briefing
from verifier.desk.health import Check, check_error
from verifier.errors import FourthSignerError
from verifier.errors.exits import DANGER, WARNING
from verifier.guard.looking import Eyes, is_only_guardian, require_fit
from verifier.guard.plan import Guarded, GuardedChain
from verifier.guard.replay import Deed, Forecast, foresee, past_matters
from verifier.guard.words import say_rule
from verifier.model.finding import Severity
from verifier.model.guarding import GWEI
from verifier.model.member import Role
from verifier.model.text import Shown, sanitise, show_duration
from verifier.ports import Clock, KeyHolder
from verifier.store.guard_settings import GuardSettings

_MOST_SHOWN: Final = 20


def examine_guard(settings: GuardSettings, clock: Clock, *, past: int) -> Parts:
    """Return every line of the examination. Endpoints are asked; no key is opened, and nothing is sent.

    :param past: so many operations of the past are replayed
    :raises FourthSignerError: nothing could be guarded at all.
    """
    require_guarding(settings)
    require_apart(settings)
    key = open_guard_key(settings)
    guarded: list[Check] = []
    queue: list[Check] = []
    before: list[Check] = []
    for chain in make_chains(settings):
        for target in chain.targets:
            eyes = Eyes(target=target, source=chain.source, clock=clock, member=key.address, asks_time=True)
            try:
                briefing = eyes.queue()
            except FourthSignerError as error:
                guarded.append(check_error(target.name, error))
                continue
            guarded += _seat(settings, target, briefing, key)
            queue += _queue(settings, target, eyes, briefing)
            before += _past(settings, chain, target, briefing, past)
    return {
        "Guarded": guarded,
        "Rules": list(_rules(settings)),
        "Limits": list(_limits(settings, key)),
        "Told": [*_order(settings), *examine_told(settings.around, clock)],
        "By the clock": [*examine_daily(settings.around), _heartbeat(settings)],
        "The queue now": queue,
        "The past": before,
    }


def _seat(settings: GuardSettings, target: Guarded, briefing: Briefing, key: KeyHolder) -> Iterator[Check]:
    reading = briefing.reading
    try:
        me = require_fit(reading, target, key.address)
    except FourthSignerError as error:
        yield check_error(target.name, error)
        return
    head = reading.head
    said = (
        f"{target.vault} on chain {head.chain_id}: {key.address} sits in seat {me.record.seat} and may veto. "
        f"{len(head.agreeing)} endpoints agree on block {head.number}."
    )
    yield _line(target.name, Severity.INFO, said)
    if not is_only_guardian(me):
        roles = ", ".join(str(role.name) for role in Role if me.record.has_any(role))
        said = (
            f"Seat {me.record.seat} is {roles}: whoever steals the guard's key can do all of that. Give it a seat "
            "that is GUARDIAN and nothing else, so that a stolen key can only veto and suspend."
        )
        yield _line(target.name, Severity.WARNING, said)
    account = target.reader.read_accounts(reading, [key.address]).get(key.address)
    least = settings.terms.limits.balance
    if account is not None and account.balance < least:
        said = (
            f"Its account has {account.balance} wei, and {least} are the least that it should have for gas."
        )
        yield _line(target.name, Severity.WARNING, said)


def _rules(settings: GuardSettings) -> Iterator[Check]:
    for rule in settings.terms.rules:
        yield _line(rule.name, Severity.INFO, say_rule(rule))
    if not any(rule.is_veto for rule in settings.terms.rules):
        yield _line("rules", Severity.WARNING, "No rule vetoes: this guard only rings.")


def _limits(settings: GuardSettings, key: KeyHolder) -> Iterator[Check]:
    limits = settings.terms.limits
    most = f"At most {limits.an_hour} vetoes an hour and {limits.a_day} a day"
    yield _line("limits", Severity.INFO, f"{most}; with the next one it stops and only rings.")
    gas = f"A veto takes at most {limits.gas:,} gas at {limits.fee // GWEI:,} gwei."
    yield _line("gas", Severity.INFO, gas)
    yield _line("key", Severity.INFO, f"It signs with {key.describe()}, which was not opened for this.")
    held = FileHold(settings.hold).why()
    if held is not None:
        yield _line("hold", Severity.WARNING, f"It is on hold: {held}")
    else:
        said = f"`fourth-signer guard hold`, or making {sanitise(str(settings.hold))}, keeps it from vetoing at once."
        yield _line("hold", Severity.INFO, said)


def _order(settings: GuardSettings) -> Iterator[Check]:
    order = settings.terms.order
    counting = ", ".join(sorted(order.channels)) or "any channel, files too"
    if order.is_strict:
        said = f"It vetoes nothing before one of these took the explanation, however long that takes: {counting}."
        yield _line("order", Severity.INFO, said)
        return
    said = (
        f"It explains first, and vetoes once one of these took that: {counting}. At the latest after "
        f"{show_duration(order.wait)}, or {show_duration(order.margin)} before it is executable, but not within "
        f"{show_duration(order.least_wait)}."
    )
    yield _line("order", Severity.INFO, said)
    if not order.channels:
        said = "No channel leaves this machine: what is explained first reaches a file, and nobody else."
        yield _line("order", Severity.WARNING, said)


def _heartbeat(settings: GuardSettings) -> Check:
    beat = settings.around.heartbeat
    if beat is None:
        said = "Nobody notices if this guard dies: there is no heartbeat to an outside dead man's switch."
        return _line("heartbeat", Severity.WARNING, said)
    return _line("heartbeat", Severity.INFO, f"Every {show_duration(beat.every)}, while all is well.")


def _queue(settings: GuardSettings, target: Guarded, eyes: Eyes, briefing: Briefing) -> Iterator[Check]:
    try:
        matters = eyes.matters(briefing)
    except FourthSignerError as error:
        yield check_error(target.name, error)
        return
    if not matters:
        yield _line(target.name, Severity.INFO, "Nothing waits.")
    for matter in matters:
        yield _line(target.name, *_say(foresee(matter, settings.terms.rules)))


def _past(
    settings: GuardSettings, chain: GuardedChain, target: Guarded, briefing: Briefing, most: int
) -> Iterator[Check]:
    if not most:
        return
    try:
        published, first = last_published(chain.source, target.vault, most=most)
        matters = past_matters(target, briefing.reading, briefing.signer, published)
    except FourthSignerError as error:
        yield check_error(target.name, error, Severity.WARNING)
        return
    forecasts = [foresee(matter, settings.terms.rules) for matter in matters]
    stopped = [each for each in forecasts if each.deed in (Deed.VETO, Deed.OBJECT)]
    rung = sum(each.deed is Deed.RING for each in forecasts)
    said = (
        f"Of the last {len(forecasts)} operations (back to block {first}) it would have stopped {len(stopped)} and "
        f"rung about {rung}, by today's rules, policy and members."
    )
    yield _line(target.name, Severity.INFO, said)
    for forecast in stopped[:_MOST_SHOWN]:
        yield _line(target.name, *_say(forecast, is_past=True))
    if len(stopped) > _MOST_SHOWN:
        yield _line(target.name, Severity.NOTICE, f"... and {len(stopped) - _MOST_SHOWN} more.")


def _say(forecast: Forecast, *, is_past: bool = False) -> tuple[Severity, str]:
    review = forecast.matter.review
    lane = review.lane
    where = f"lane {lane.lane} (number {lane.state.sequence})" if is_past else f"lane {lane.lane}"
    by = f" by the rule {forecast.rule} ({forecast.words})" if forecast.rule else ""
    severity = Severity.INFO if forecast.deed is Deed.LEAVE else Severity.NOTICE
    said = f"{forecast.deed.value.capitalize()} {where}{by}: {review.sentence}"
    return severity, said


def _line(subject: str, severity: Severity, sentence: str) -> Check:
    codes = {Severity.WARNING: WARNING, Severity.DANGER: DANGER}
    return Check(
        subject=sanitise(subject), severity=severity, sentence=Shown(sentence), code=codes.get(severity, 0)
    )
