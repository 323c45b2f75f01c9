"""`fourth-signer watch --check`: what is watched and what is not, who is told and what would go unnoticed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from verifier.desk.health import Check, check_error
from verifier.errors import FourthSignerError
from verifier.errors.exits import DANGER, WARNING
from verifier.model.finding import Severity
from verifier.model.routes import Hours, Route
from verifier.model.text import Shown, sanitise, show_duration
from verifier.model.watching import Kind
from verifier.ports import Clock
from verifier.store.release import release_code_hash
from verifier.store.settings import Pin
from verifier.store.watch_settings import ChannelSettings, WatchSettings

Parts = dict[str, list[Check]]
WATCHED: Final = "Watched"
"""The part that says what is watched, and what is not."""


def examine_watch(settings: WatchSettings, clock: Clock) -> Parts:
    """Return every line of the examination. Nothing is asked and nothing is sent."""
    return {
        WATCHED: list(_watched(settings)),
        "Told": list(examine_told(settings, clock)),
        "By the clock": list(examine_daily(settings)),
        "The watcher itself": list(_itself(settings)),
    }


def examine_told(settings: WatchSettings, clock: Clock) -> Iterator[Check]:
    """Yield who is told of what, and what would go unnoticed."""
    yield from _channels(settings, clock)
    yield from _routes(settings)


def _watched(settings: WatchSettings) -> Iterator[Check]:
    if not settings.vaults:
        yield _wrong("vaults", "Nothing is watched: no vault is pinned. Pin one with `fourth-signer init`.")
    for name in settings.vaults:
        pin = settings.settings.pins[name]
        chain = settings.settings.chains.get(pin.chain_id)
        where = f"{pin.vault} on chain {pin.chain_id}"
        if chain is None:
            yield _wrong(name, f"{where} is not watched: no endpoint is configured for its chain.")
            continue
        if pin.code_hash != release_code_hash():
            yield _wrong(name, f"{where} is not watched: another release pinned it; watch it with that one.")
            continue
        said = (
            f"{where}, asked of {_count(len(chain.hosts), 'endpoint')}, {chain.quorum} of which have to agree. Its "
            "operations, members, tiers, policy and break-glass, its companions, and transfers and allowances of the "
            "assets that its policy lists."
        )
        yield _fine(name, said)
        yield from _weak(name, pin, settings)
    for name, pin in settings.settings.pins.items():
        if name not in settings.vaults:
            said = (
                f"{pin.vault} on chain {pin.chain_id} is pinned and not watched: `vaults` does not name it."
            )
            yield _line(name, Severity.NOTICE, said)
    if settings.vaults:
        yield _line("assets", Severity.NOTICE, "What moves of assets that no policy lists is not watched.")


def _weak(name: str, pin: Pin, settings: WatchSettings) -> Iterator[Check]:
    chain = settings.settings.chains[pin.chain_id]
    if chain.quorum == 1:
        said = "One endpoint alone is believed: whoever runs it decides what you are told. Configure more."
        yield _line(name, Severity.WARNING, said)


def _channels(settings: WatchSettings, clock: Clock) -> Iterator[Check]:
    from verifier.cli.watch_channels import open_channels

    if not settings.channels:
        yield _wrong("channels", "Nobody is told: no channel is configured.")
    try:
        open_channels(settings, clock)
    except FourthSignerError as error:
        yield check_error("channels", error)
    for channel in settings.channels:
        yield _fine(channel.name, _channel_words(channel, settings))
        if channel.is_insecure:
            yield _line(channel.name, Severity.WARNING, "What is sent there may be read on the way.")
    for remark in settings.remarks:
        yield _line("secrets", Severity.NOTICE, remark)


def _channel_words(channel: ChannelSettings, settings: WatchSettings) -> str:
    route = channel.route
    if route.is_last_resort:
        return f"{channel.kind}: only what nobody acknowledged. Times are those of {channel.zone}."
    what = "what has to fetch somebody" if route.is_pager else f"{route.least.name} and graver"
    if route.kinds is not None:
        what += f", of {', '.join(sorted(route.kinds))}"
    if route.vaults is not None:
        what += f", about {', '.join(_names(route, settings))}"
    quiet = ""
    if route.quiet is not None:
        quiet = f" {_hours(route.quiet)} everything but danger waits."
    most = "" if route.most_an_hour is None else f" At most {route.most_an_hour} an hour, danger not counted."
    return f"{channel.kind}: {what}.{quiet}{most} Times are those of {channel.zone}."


def _routes(settings: WatchSettings) -> Iterator[Check]:
    """Yield what would go unnoticed."""
    routes = settings.routes.routes
    people = [route for route in routes if not route.is_last_resort]
    for name in settings.vaults if people else ():
        pin = settings.settings.pins[name]
        if not any(_takes_danger(route, pin) for route in people):
            yield _wrong(
                name, "No channel is told of all danger to this vault: give one `least` and no `kinds`."
            )
    if not any(route.is_pager for route in routes) and routes:
        yield _line(
            "pager", Severity.NOTICE, "No channel is a pager, so that each is told of what rings alike."
        )
    for escalation in settings.routes.escalations:
        said = (
            f"What nobody acknowledged after {show_duration(escalation.after)}, from {escalation.least.name} on, "
            f"goes to {', '.join(escalation.channels)}."
        )
        yield _fine("escalation", said)
    if not settings.routes.escalations:
        yield _line(
            "escalation", Severity.WARNING, "If nobody looks, nobody else is told: there is no escalation."
        )


def _takes_danger(route: Route, pin: Pin) -> bool:
    if route.vaults is not None and (pin.chain_id, pin.vault) not in route.vaults:
        return False
    return route.kinds is None or route.kinds >= set(Kind) - {Kind.TEST}


def examine_daily(settings: WatchSettings) -> Iterator[Check]:
    """Yield what is said once a day."""
    routes = settings.routes
    for name, daily, loss in (
        ("digest", routes.digest, "What does not ring is only in files: there is no daily digest."),
        (
            "audit head",
            routes.head,
            "Whether the audit log was cut cannot be told: its head is sent nowhere.",
        ),
        ("test", routes.test, "A channel that fell silent is not noticed: there is no daily test alert."),
    ):
        if daily is None:
            yield _line(name, Severity.NOTICE if name == "digest" else Severity.WARNING, loss)
        else:
            at = f"{daily.minute // 60:02}:{daily.minute % 60:02}"
            yield _fine(name, f"Daily at {at}, {daily.zone}, to {', '.join(daily.channels)}.")


def _itself(settings: WatchSettings) -> Iterator[Check]:
    beat = settings.heartbeat
    if beat is None:
        said = "Nobody notices if this watcher dies: there is no heartbeat to an outside dead man's switch."
        yield _line("heartbeat", Severity.WARNING, said)
    else:
        from verifier.cli.watch_channels import open_mailbox

        try:
            mailbox = open_mailbox(settings, "heartbeat", beat.url, is_insecure=beat.is_insecure)
        except FourthSignerError as error:
            yield check_error("heartbeat", error)
        else:
            yield _fine(
                "heartbeat", f"Every {show_duration(beat.every)} to {mailbox.host}, while all is well."
            )
    store = settings.store.reveal()
    kind = "in a database that several watchers may share" if "://" in store else f"at {sanitise(store)}"
    yield _fine("store", f"Everything is kept {kind}, in the name of {sanitise(settings.name)}.")
    if settings.listen is None:
        yield _line(
            "listen", Severity.NOTICE, "Its health and numbers can be read nowhere: `listen` is not set."
        )
    else:
        host, port = settings.listen
        yield _fine("listen", f"Health and numbers are at {host} port {port}.")


def _names(route: Route, settings: WatchSettings) -> Sequence[str]:
    pins = settings.settings.pins.values()
    return [sanitise(pin.name) for pin in pins if (pin.chain_id, pin.vault) in (route.vaults or ())]


def _hours(hours: Hours) -> str:
    ends = [f"{minute // 60:02}:{minute % 60:02}" for minute in (hours.first, hours.last)]
    return f"From {ends[0]} to {ends[1]}"


def _count(count: int, what: str) -> str:
    return f"{count} {what}{'s' if count != 1 else ''}"


def _fine(subject: str, sentence: str) -> Check:
    return _line(subject, Severity.INFO, sentence)


def _wrong(subject: str, sentence: str) -> Check:
    return _line(subject, Severity.DANGER, sentence)


def _line(subject: str, severity: Severity, sentence: str) -> Check:
    codes = {Severity.WARNING: WARNING, Severity.DANGER: DANGER}
    return Check(
        subject=sanitise(subject), severity=severity, sentence=Shown(sentence), code=codes.get(severity, 0)
    )
