"""Reading guard.toml. It is believed only as a whole, and whatever it does not know is named."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from verifier.errors import AddressMalformed, ConfigurationMalformed, ConfigurationMissing
from verifier.errors.guarding import GuardConfigurationMalformed
from verifier.model.address import Address
from verifier.model.guarding import GWEI, GuardTerms, Limits, Order
from verifier.model.units import Duration, Wei
from verifier.store.configuration import read_text
from verifier.store.guard_rules import read_lists, read_rules
from verifier.store.guard_settings import GuardSettings, KeySettings
from verifier.store.place import configuration_path, path_of
from verifier.store.settings import Pin
from verifier.store.watch_channels import Surroundings
from verifier.store.watch_configuration import read_surroundings, read_told
from verifier.store.watch_settings import ChannelKind, ChannelSettings, WatchSettings
from verifier.store.watch_table import Table, UnfitError

VARIABLE: Final = "FOURTH_SIGNER_GUARD"
_CREDENTIAL: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
_COINS: Final = re.compile(r"([0-9]{1,20})(?:\.([0-9]{1,18}))?")
_SECRETS: Final = ("passphrase", "password", "pin", "private_key", "secret", "passphrase_env")
# Of people: these channels leave this machine.
_REACHING: Final = frozenset({ChannelKind.CHAT, ChannelKind.WEBHOOK})


def guard_path(given: str | None, environment: Mapping[str, str]) -> Path:
    """Return what was given, else what the environment says, else guard.toml beside the signer's configuration."""
    if chosen := given or environment.get(VARIABLE):
        return path_of(chosen)
    return configuration_path(None, environment).parent / "guard.toml"


def read_guard_settings(path: Path, environment: Mapping[str, str]) -> GuardSettings:
    """Return what the configuration of a guard says.

    :param environment: where variables that it names are
    :raises ConfigurationError: it, or the configuration with the vaults that it names, cannot be used.
    """
    try:
        return _settings(Table(tomllib.loads(read_text(path)), "the file"), path, environment)
    except ConfigurationMissing as exc:
        why = "there is no such file; docs/guard.md shows one that can be copied"
        raise GuardConfigurationMalformed(path=str(path), why=why) from exc
    except ConfigurationMalformed as exc:
        raise GuardConfigurationMalformed(path=str(path), why=exc.why) from exc
    except tomllib.TOMLDecodeError as exc:
        raise GuardConfigurationMalformed(path=str(path), why=f"it is no TOML: {exc}") from exc
    except RecursionError as exc:
        raise GuardConfigurationMalformed(path=str(path), why="it is nested too deeply") from exc
    except UnfitError as exc:
        raise GuardConfigurationMalformed(path=str(path), why=str(exc)) from exc


def _settings(top: Table, path: Path, environment: Mapping[str, str]) -> GuardSettings:
    around, configuration = read_surroundings(top, path, environment)
    told = read_told(top, around, path=path, configuration=configuration, store="guard.sqlite3")
    hold = top.text("hold")
    found = GuardSettings(
        around=told,
        key=_key(top, around),
        terms=_terms(top, told, [around.settings.pins[name] for name in around.vaults]),
        hold=around.path(hold if hold is not None else "guard.hold"),
    )
    top.end()
    return found


def _key(top: Table, around: Surroundings) -> KeySettings:
    table = top.table("key")
    if table is None:
        raise UnfitError("there is no [key]: say where the guard's own key is")
    for name in _SECRETS:
        if table.take(name) is not None:
            raise UnfitError(
                f"key has `{name}`: what opens a key stands in no configuration and no environment; name a file with "
                "passphrase_file, or a credential of systemd with passphrase_credential"
            )
    table = Table(table.content, "key")
    holder = table.need("holder")
    if not isinstance(holder, str) or not holder.strip():
        raise table.unfit("holder", "a key file, or pkcs11:token=LABEL;object=LABEL?module-path=FILE")
    if holder.startswith(("ledger:", "trezor:")) or holder == "elsewhere":
        raise UnfitError(
            "holder of key is a device that wants somebody to press a button; a guard has nobody"
        )
    file, credential = table.text("passphrase_file"), table.text("passphrase_credential")
    descriptor = table.number("passphrase_fd", 3, 1_000)
    if sum(each is not None for each in (file, credential, descriptor)) > 1:
        raise UnfitError("key should have one of passphrase_file, passphrase_credential and passphrase_fd")
    if credential is not None and not _CREDENTIAL.fullmatch(credential):
        raise table.unfit("passphrase_credential", "the name of a credential of systemd")
    member = table.text("member")
    found = KeySettings(
        holder=holder if holder.startswith("pkcs11:") else str(around.path(holder)),
        member=None if member is None else _member(member),
        file=None if file is None else around.path(file),
        credential=credential,
        descriptor=descriptor,
    )
    table.end()
    return found


def _member(text: str) -> Address:
    try:
        return Address.parse(text)
    except AddressMalformed as exc:
        raise UnfitError(f"member of key is no address: {exc.sentence()}") from exc


def _terms(top: Table, told: WatchSettings, pins: Sequence[Pin]) -> GuardTerms:
    usual = GuardTerms(rules=())
    every, patience = top.duration("every", most=120), top.duration("patience", most=3_600)
    return GuardTerms(
        rules=read_rules(top, read_lists(top), pins),
        limits=_limits(top),
        order=_order(top, told.channels),
        every=usual.every if every is None else Duration(every),
        patience=usual.patience if patience is None else Duration(patience),
    )


def _limits(top: Table) -> Limits:
    table, usual = top.table("limits"), Limits()
    if table is None:
        return usual
    fee = table.number("fee_gwei", 1, 1_000_000)
    limits = Limits(
        an_hour=table.number("an_hour", 1, 1_000) or usual.an_hour,
        a_day=table.number("a_day", 1, 10_000) or usual.a_day,
        gas=table.number("gas", 50_000, 30_000_000) or usual.gas,
        fee=usual.fee if fee is None else Wei(fee * GWEI),
        balance=_coins(table, "balance", usual.balance),
    )
    table.end()
    if limits.an_hour > limits.a_day:
        raise UnfitError("limits allow more vetoes an hour than a day")
    return limits


def _coins(table: Table, key: str, usual: Wei) -> Wei:
    text = table.text(key)
    if text is None:
        return usual
    found = _COINS.fullmatch(text)
    if found is None:
        raise table.unfit(key, 'an amount of the native coin in quotes, such as "0.05"')
    return Wei(int(found[1]) * 10**18 + int((found[2] or "").ljust(18, "0")))


def _order(top: Table, channels: Sequence[ChannelSettings]) -> Order:
    table, usual = top.table("order"), Order()
    reaching = [channel.name for channel in channels if channel.kind in _REACHING]
    if table is None:
        return Order(channels=frozenset(reaching))
    wait, margin, least = (table.duration(key, most=86_400) for key in ("wait", "margin", "least_wait"))
    chosen = table.names("channels", [channel.name for channel in channels])
    order = Order(
        wait=usual.wait if wait is None else Duration(wait),
        margin=usual.margin if margin is None else Duration(margin),
        least_wait=usual.least_wait if least is None else Duration(least),
        is_strict=table.flag("strict", usual=False),
        channels=frozenset(reaching if chosen is None else chosen),
    )
    table.end()
    if order.least_wait > order.wait:
        raise UnfitError("least_wait of order is longer than its wait")
    return order
