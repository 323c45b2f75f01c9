"""`fourth-signer watch`: watch, look whether that is set up well, ask how it is, and acknowledge."""

from __future__ import annotations

import getpass
import json
import os
from argparse import Namespace
from typing import Any

from verifier.cli.adapters import CLOCK
from verifier.cli.answer import Answer
from verifier.desk.health import worst_code
from verifier.errors import EndpointsMissing
from verifier.errors.watching import WatchConfigurationMalformed
from verifier.model.finding import Severity
from verifier.model.routes import Pulse
from verifier.model.text import Shown, sanitise
from verifier.model.watching import Kept, Kind
from verifier.pages.layout import width_of_terminal
from verifier.pages.watch import acknowledged_page, check_page, status_page
from verifier.store.watch_configuration import read_watch_settings, watch_path
from verifier.store.watch_settings import WatchSettings
from verifier.watch.pulse import pulse_of


def run_watch(options: Namespace) -> Answer:
    """Do what the arguments say.

    :raises ConfigurationError: the watcher's configuration cannot be used.
    :raises WatchError: its store cannot be used.
    """
    settings = read_watch_settings(watch_path(options.config, os.environ), os.environ)
    match options.act:
        case "ack":
            return _acknowledge(options, settings)
        case "status":
            return _status(options, settings)
        case _ if options.check:
            return _check(settings)
        case _:
            return _watch(settings)


def require_sense(settings: WatchSettings) -> None:
    """:raises ConfigurationError: nothing would be watched, or nobody told."""
    why = ""
    if not settings.vaults:
        why = "nothing would be watched: no vault is pinned; pin one with `fourth-signer init`"
    elif not settings.channels:
        why = "nobody would be told: no channel is configured; docs/watching.md shows some"
    if why:
        raise WatchConfigurationMalformed(path=str(settings.path), why=why)
    for name in settings.vaults:
        chain_id = settings.settings.pins[name].chain_id
        if chain_id not in settings.settings.chains:
            raise EndpointsMissing(chain_id=chain_id)


def _check(settings: WatchSettings) -> Answer:
    from verifier.cli.watch_check import examine_watch

    parts = examine_watch(settings, CLOCK)
    code = worst_code([check for each in parts.values() for check in each])
    return Answer(text=check_page(parts, width_of_terminal()), code=code)


def _watch(settings: WatchSettings) -> Answer:
    from verifier.cli.watch_log import start_logging
    from verifier.cli.watch_running import watch_until_stopped

    require_sense(settings)
    start_logging(settings)
    watch_until_stopped(settings)
    return Answer(text="")


def _acknowledge(options: Namespace, settings: WatchSettings) -> Answer:
    who = sanitise(options.who or _own_name(), most=80)
    with _visit(settings, who) as store:
        now = CLOCK.now()
        kept = store.acknowledge(options.number, who=who, now=now)
    is_ours = (kept.acknowledged_by, kept.acknowledged_at) == (who, now)
    return Answer(text=acknowledged_page(kept, who, is_ours=is_ours))


def _status(options: Namespace, settings: WatchSettings) -> Answer:
    from verifier.cli.watch_asking import ask_watcher
    from verifier.cli.watch_channels import vault_names

    asked = ask_watcher(settings)
    with _visit(settings, Shown(sanitise(_own_name()))) as store:
        waiting = [
            kept for kept in store.open_episodes(least=Severity.NOTICE) if kept.happening.kind != Kind.TEST
        ]
        names = [channel.name for channel in settings.channels]
        pulse = pulse_of(store, CLOCK.now(), channels=names, tallies=asked.tallies if asked else {})
    ailment = asked.ailment if asked else None
    is_answering = None if settings.listen is None else asked is not None
    if options.json:
        return Answer(text=_as_json(pulse, ailment, waiting, is_answering=is_answering))
    page = status_page(
        pulse, ailment, waiting, vault_names(settings), width_of_terminal(), is_answering=is_answering
    )
    return Answer(text=page)


def _as_json(pulse: Pulse, ailment: Shown | None, waiting: list[Kept], *, is_answering: bool | None) -> str:
    from verifier.alerts.health import health_record
    from verifier.alerts.record import happening_record

    record: dict[str, Any] = {
        **health_record(pulse, ailment),
        "kind": "watch-status",
        "is_answering": is_answering,
        "waiting": [
            {
                "number": kept.number,
                "standing": str(kept.standing),
                "first_seen": int(kept.first_seen),
                "happening": happening_record(kept.happening),
            }
            for kept in waiting
        ],
    }
    if not is_answering:
        # Nobody knows.
        record["is_well"] = None
    return json.dumps(record, indent=2, ensure_ascii=True) + "\n"


def _visit(settings: WatchSettings, who: Shown) -> Any:
    """Open the store beside the watcher that has it."""
    from verifier.audit.chain import HashChain
    from verifier.store.watch_place import open_watch_store

    return open_watch_store(
        settings.store.reveal(), HashChain(), identity=who, now=CLOCK.now(), is_visit=True
    )


def _own_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"
