"""Reading watch.toml. It is believed only as a whole, and whatever it does not know is named."""

from __future__ import annotations

import re
import socket
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from verifier.assess.happenings import USUAL, Manner
from verifier.errors import ConfigurationMalformed, ConfigurationMissing
from verifier.errors.watching import WatchConfigurationMalformed
from verifier.model.credential import Credential
from verifier.model.routes import Routes
from verifier.model.units import BlockNumber, ChainId, Duration
from verifier.store.configuration import read_settings, read_text
from verifier.store.place import configuration_path, path_of
from verifier.store.settings import Settings
from verifier.store.watch_channels import (
    Surroundings,
    read_channels,
    read_daily,
    read_escalations,
    read_heartbeat,
)
from verifier.store.watch_settings import ChainPace, WatchSettings
from verifier.store.watch_table import Table, UnfitError

VERSION: Final = 1
VARIABLE: Final = "FOURTH_SIGNER_WATCH"
_LISTEN: Final = re.compile(r"(\[[0-9a-fA-F:]+\]|[0-9.]+|localhost):([0-9]{1,5})")
_LOOPBACK: Final = frozenset({"127.0.0.1", "[::1]", "localhost"})
_SHARED: Final = ("postgresql://", "postgresql+psycopg://", "postgres://")
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


def watch_path(given: str | None, environment: Mapping[str, str]) -> Path:
    """Return what was given, else what the environment says, else watch.toml beside the signer's configuration."""
    if chosen := given or environment.get(VARIABLE):
        return path_of(chosen)
    return configuration_path(None, environment).parent / "watch.toml"


def read_watch_settings(path: Path, environment: Mapping[str, str]) -> WatchSettings:
    """Return what the configuration of a watcher says.

    :param environment: where variables that it names are
    :raises ConfigurationError: it, or the signer's configuration that it names, cannot be used.
    """
    try:
        text = read_text(path)
    except ConfigurationMissing as exc:
        why = "there is no such file; docs/watching.md shows one that can be copied"
        raise WatchConfigurationMalformed(path=str(path), why=why) from exc
    except ConfigurationMalformed as exc:
        raise WatchConfigurationMalformed(path=str(path), why=exc.why) from exc
    try:
        return _settings(Table(tomllib.loads(text), "the file"), path, environment)
    except tomllib.TOMLDecodeError as exc:
        raise WatchConfigurationMalformed(path=str(path), why=f"it is no TOML: {exc}") from exc
    except RecursionError as exc:
        raise WatchConfigurationMalformed(path=str(path), why="it is nested too deeply") from exc
    except UnfitError as exc:
        raise WatchConfigurationMalformed(path=str(path), why=str(exc)) from exc


def _settings(top: Table, path: Path, environment: Mapping[str, str]) -> WatchSettings:
    around, configuration = read_surroundings(top, path, environment)
    told = read_told(top, around, path=path, configuration=configuration, store="watch.sqlite3")
    found = replace(told, chains=_chains(top), since=_since(top, told.vaults), manner=_manner(top))
    top.end()
    return found


def read_surroundings(top: Table, path: Path, environment: Mapping[str, str]) -> tuple[Surroundings, Path]:
    """Return what a file stands in, and where the signer's configuration is that it names or stands beside.

    :raises UnfitError: it is of another version, or names vaults that are not pinned.
    """
    if top.take("version") != VERSION or isinstance(top.take("version"), bool):
        raise UnfitError(f"it should begin with `version = {VERSION}`, the only one that this program reads")
    chosen = top.text("configuration")
    configuration = configuration_path(None, environment) if chosen is None else path.parent / path_of(chosen)
    settings = signers_of(configuration)
    around = Surroundings(
        folder=path.parent,
        environment=environment,
        settings=settings,
        vaults=top.names("vaults", settings.pins) or tuple(settings.pins),
        zone=top.zone("zone", "UTC"),
    )
    return around, configuration


def read_told(
    top: Table, around: Surroundings, *, path: Path, configuration: Path, store: str
) -> WatchSettings:
    """Return what a file says of whom to tell and where to keep it; whoever asks takes the rest of it.

    :param store: where it is kept, where the file does not say
    :raises UnfitError: something is not what it should be.
    """
    zone = around.zone
    kept = _store(top, around, store)
    channels = read_channels(top, around)
    names = [channel.name for channel in channels]
    routes = Routes(
        routes=tuple(channel.route for channel in channels),
        escalations=read_escalations(top, names),
        digest=read_daily(top, "digest", names, zone),
        head=read_daily(top, "audit_head", names, zone),
        test=read_daily(top, "test", names, zone),
    )
    return WatchSettings(
        path=path,
        name=_name(top),
        configuration=configuration,
        settings=around.settings,
        vaults=tuple(around.vaults),
        store=kept,
        memory=_memory(top, around, kept),
        zone=zone,
        listen=_listen(top),
        channels=channels,
        routes=routes,
        heartbeat=read_heartbeat(top, around),
        remarks=tuple(around.remarks),
    )


def signers_of(configuration: Path) -> Settings:
    """Return the vaults that a signer's configuration pins, and whom to ask about them.

    :raises UnfitError: it is missing.
    :raises ConfigurationError: it cannot be used.
    """
    try:
        return read_settings(configuration)
    except ConfigurationMissing as exc:
        raise UnfitError(
            f"the configuration with the vaults is missing at {configuration}; pin them with `fourth-signer init`, "
            "or say where it is with `configuration`"
        ) from exc


def _name(top: Table) -> str:
    name = top.text("name")
    if name is None:
        return socket.gethostname()[:64] or "watcher"
    if not _NAME.fullmatch(name):
        raise top.unfit("name", "up to 64 letters, digits and . _ -")
    return name


def _store(top: Table, around: Surroundings, usual: str) -> Credential:
    """Return where everything is kept: a path beside the file, or an address of a database."""
    before = len(around.remarks)
    given = around.credential(top, "store")
    text = usual if given is None else given.reveal()
    if text.startswith(_SHARED):
        return Credential(text)
    # A path is no secret.
    del around.remarks[before:]
    return Credential(str(around.path(text)))


def _memory(top: Table, around: Surroundings, store: Credential) -> Path:
    """Return where reviews are remembered: beside the store where that is a file, else beside the configuration."""
    given = top.text("memory")
    if given is not None:
        return around.path(given)
    text = store.reveal()
    if text.startswith(_SHARED):
        return around.path("watch.memory.sqlite3")
    return Path(text).with_suffix(".memory.sqlite3")


def _listen(top: Table) -> tuple[str, int] | None:
    value = top.text("listen")
    may_be_reached = top.flag("listen_beyond_loopback", usual=False)
    if value is None:
        return None
    found = _LISTEN.fullmatch(value)
    if found is None or not 0 <= int(found[2]) <= 65_535:
        raise top.unfit("listen", 'an address such as "127.0.0.1:9464"')
    if found[1] not in _LOOPBACK and not may_be_reached:
        raise UnfitError(
            "listen leads beyond this machine, and what is told there has no password; say "
            "`listen_beyond_loopback = true` in plain sight, or take 127.0.0.1"
        )
    return found[1].strip("[]"), int(found[2])


def _chains(top: Table) -> dict[ChainId, ChainPace]:
    chains: dict[ChainId, ChainPace] = {}
    for number, table in top.tables("chains"):
        if not re.fullmatch(r"[1-9][0-9]{0,19}", number):
            raise UnfitError(f"{table.where} should be named by the number of a chain")
        chains[ChainId(int(number))] = ChainPace(
            block_seconds=_seconds(table, "block_time"),
            silent_blocks=table.number("silent_blocks", 2, 100_000),
            reconcile_seconds=table.duration("reconcile", most=86_400),
            patience_seconds=table.duration("patience", most=86_400),
            final_depth=table.number("final_depth", 1, 1_000_000),
        )
        table.end()
    return chains


def _seconds(table: Table, key: str) -> float | None:
    value: Any = table.take(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0.05 <= value <= 3_600:
        raise table.unfit(key, "seconds between two blocks, such as 12 or 0.25")
    return float(value)


def _since(top: Table, vaults: tuple[str, ...]) -> dict[str, BlockNumber]:
    since: dict[str, BlockNumber] = {}
    table = top.table("since")
    if table is None:
        return since
    for name in vaults:
        block = table.number(name, 0, 1 << 40)
        if block is not None:
            since[name] = BlockNumber(block)
    table.end()
    return since


def _manner(top: Table) -> Manner:
    table = top.table("judging")
    if table is None:
        return USUAL
    lead, haste = table.duration("ready_soon"), table.duration("haste", most=86_400)
    night = table.hours("night", "UTC")
    if night is not None and (night.first % 60 or night.last % 60):
        raise table.unfit("night", "whole hours such as 22:00-06:00")
    habit = table.number("habit", 1, 10_000)
    pace = table.number("pace", 1, 1_000)
    bypasses = table.number("bypasses", 1, 1_000)
    table.end()
    return Manner(
        lead=USUAL.lead if lead is None else Duration(lead),
        haste=USUAL.haste if haste is None else Duration(haste),
        night_from=USUAL.night_from if night is None else night.first // 60,
        night_to=USUAL.night_to if night is None else night.last // 60,
        habit=habit or USUAL.habit,
        pace=pace or USUAL.pace,
        bypasses=bypasses or USUAL.bypasses,
    )
