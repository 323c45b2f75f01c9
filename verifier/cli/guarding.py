"""`fourth-signer guard`: guard, look what it would do, hold it, let it go on, and ask how it is."""

from __future__ import annotations

import json
import os
from argparse import Namespace
from typing import Any

from verifier.cli.adapters import CLOCK
from verifier.cli.answer import Answer
from verifier.cli.guard_hold import FileHold
from verifier.cli.terminal_watch import own_name
from verifier.desk.health import worst_code
from verifier.guard.intent import Intent, read_intents
from verifier.model.finding import Severity
from verifier.model.text import Shown, sanitise, show_moment
from verifier.model.watching import Kept, Kind
from verifier.pages.guard import guard_check_page, guard_status_page
from verifier.pages.layout import width_of_terminal
from verifier.pages.watch import acknowledged_page
from verifier.store.guard_configuration import guard_path, read_guard_settings
from verifier.store.guard_settings import GuardSettings


def run_guard(options: Namespace) -> Answer:
    """Do what the arguments say.

    :raises ConfigurationError: the guard's configuration cannot be used.
    :raises GuardError: it may not veto, or would rest on one source.
    :raises FourthSignerError: its key or store cannot be used.
    """
    settings = read_guard_settings(guard_path(options.config, os.environ), os.environ)
    match options.act:
        case "hold":
            return _hold(options, settings)
        case "resume":
            return _resume(options, settings)
        case "ack":
            return _acknowledge(options, settings)
        case "status":
            return _status(options, settings)
        case _ if options.check:
            return _check(options, settings)
        case _:
            return _guard(options, settings)


def _check(options: Namespace, settings: GuardSettings) -> Answer:
    from verifier.cli.guard_check import examine_guard
    from verifier.cli.patience import patience

    hosts = [host for chain in settings.around.settings.chains.values() for host in chain.hosts]
    with patience(hosts):
        parts = examine_guard(settings, CLOCK, past=options.past)
    code = worst_code([check for each in parts.values() for check in each])
    return Answer(text=guard_check_page(parts, width_of_terminal()), code=code)


def _guard(options: Namespace, settings: GuardSettings) -> Answer:
    from verifier.cli.guard_running import guard_until_stopped

    guard_until_stopped(settings, is_dry=options.dry_run)
    return Answer(text="")


def _hold(options: Namespace, settings: GuardSettings) -> Answer:
    who = _who(options)
    why = f" {sanitise(options.why, most=200)}" if options.why else ""
    said = Shown(f"{who} held it at {show_moment(CLOCK.now())}.{why}")
    hold = FileHold(settings.hold)
    if hold.begin(said):
        return Answer(text=f"The guard vetoes nothing from now on. {said}\n")
    return Answer(text=f"The guard was on hold before, and stays so: {hold.why() or said}\n")


def _resume(options: Namespace, settings: GuardSettings) -> Answer:
    who, now = _who(options), CLOCK.now()
    with _visit(settings, who) as store:
        stops = [kept for kept in _open(store) if _is_stop(kept)]
        for kept in stops:
            store.acknowledge(kept.number, who=who, now=now)
    was_held = FileHold(settings.hold).end()
    if not was_held and not stops:
        return Answer(text="The guard was neither on hold nor stopped.\n")
    parts = [*(["the hold is over"] if was_held else []), *(["its stop is acknowledged"] if stops else [])]
    said = " and ".join(parts)
    return Answer(text=f"The guard goes on: {said}, in the name of {who}. Its limits are counted on.\n")


def _acknowledge(options: Namespace, settings: GuardSettings) -> Answer:
    who, now = _who(options), CLOCK.now()
    with _visit(settings, who) as store:
        if any(_is_stop(kept) and kept.number == options.number for kept in _open(store)):
            # That somebody knows of its stop lets it not go on.
            FileHold(settings.hold).begin(Shown(f"{who} knows that it stopped, and has not let it go on."))
        kept = store.acknowledge(options.number, who=who, now=now)
    is_ours = (kept.acknowledged_by, kept.acknowledged_at) == (who, now)
    return Answer(text=acknowledged_page(kept, who, is_ours=is_ours))


def _status(options: Namespace, settings: GuardSettings) -> Answer:
    from verifier.cli.watch_channels import vault_names

    around = settings.around
    held = FileHold(settings.hold).why()
    with _visit(settings, own_name()) as store:
        waiting = [
            kept for kept in store.open_episodes(least=Severity.NOTICE) if kept.happening.kind != Kind.TEST
        ]
        pins = [around.settings.pins[name] for name in around.vaults]
        intents = {
            sanitise(pin.name): list(read_intents(store.facts(pin.chain_id, pin.vault)).values())
            for pin in pins
        }
    stop = next((kept for kept in waiting if _is_stop(kept)), None)
    if options.json:
        return Answer(text=_as_json(held, stop, intents, waiting))
    page = guard_status_page(held, stop, intents, waiting, vault_names(around), width_of_terminal())
    return Answer(text=page)


def _as_json(
    held: Shown | None, stop: Kept | None, intents: dict[Shown, list[Intent]], waiting: list[Kept]
) -> str:
    from verifier.alerts.record import happening_record

    record: dict[str, Any] = {
        "version": 1,
        "kind": "guard-status",
        "held": held,
        "stopped": None if stop is None else stop.number,
        "intents": [
            {
                "vault": name,
                "lane": int(intent.lane),
                "operation": f"0x{intent.operation_id.hex()}",
                "rule": intent.rule,
                "stage": intent.stage.value,
                "at": int(intent.at),
                "objection": intent.is_objection,
            }
            for name, each in intents.items()
            for intent in each
        ],
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
    return json.dumps(record, indent=2, ensure_ascii=True) + "\n"


def _open(store: Any) -> tuple[Kept, ...]:
    found: tuple[Kept, ...] = store.open_episodes(least=Severity.DANGER)
    return found


def _is_stop(kept: Kept) -> bool:
    return kept.happening.kind is Kind.GUARD_STOPPED


def _who(options: Namespace) -> Shown:
    return sanitise(options.who, most=80) if options.who else own_name()


def _visit(settings: GuardSettings, who: Shown) -> Any:
    """Open the store beside the guard that has it."""
    from verifier.audit.chain import HashChain
    from verifier.store.watch_place import open_watch_store

    place = settings.around.store.reveal()
    return open_watch_store(place, HashChain(), identity=who, now=CLOCK.now(), is_visit=True)
