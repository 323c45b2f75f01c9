"""Reading who is told what: channels with their routes, escalation, and what is said once a day."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from verifier.model.credential import Credential
from verifier.model.finding import Severity
from verifier.model.routes import Daily, Escalation, Route
from verifier.model.text import Shown, sanitise
from verifier.model.units import Duration
from verifier.model.watching import Kind
from verifier.store.place import path_of
from verifier.store.settings import Settings
from verifier.store.watch_settings import ChannelKind, ChannelSettings, HeartbeatSettings
from verifier.store.watch_table import Table, UnfitError

LEAST_SECRET: Final = 16
_MOST_SECRET: Final = 8_192
_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,31}")
_SEVERITIES: Final = {severity.name.lower(): severity for severity in Severity}
_KINDS: Final = {kind.value: kind for kind in ChannelKind}
_HAPPENINGS: Final = tuple(kind.value for kind in Kind)
_URLS: Final = frozenset({ChannelKind.CHAT, ChannelKind.WEBHOOK})
_PATHS: Final = frozenset({ChannelKind.LINES, ChannelKind.FILE})


@dataclass(slots=True, kw_only=True)
class Surroundings:
    """What a configuration refers to: files beside it, the environment, and the vaults that are watched."""

    folder: Path
    environment: Mapping[str, str]
    settings: Settings
    vaults: Sequence[str]
    zone: str
    remarks: list[Shown] = field(default_factory=list)

    def path(self, text: str) -> Path:
        return self.folder / path_of(text)

    def credential(self, table: Table, key: str) -> Credential | None:
        """Return what stands under a key, or in the file or variable that is named instead.

        :raises UnfitError: it is in none of them, or in several.
        """
        here, file, variable = table.text(key), table.text(f"{key}_file"), table.text(f"{key}_env")
        if sum(each is not None for each in (here, file, variable)) > 1:
            raise UnfitError(f"{table.where} should have one of {key}, {key}_file and {key}_env")
        if here is not None:
            self.remarks.append(
                Shown(
                    f"{key} of {table.where} stands in the configuration itself; "
                    f"{key}_file or {key}_env keep it out of copies."
                )
            )
            return Credential(here)
        if file is not None:
            return self._from_file(table, key, self.path(file))
        if variable is None:
            return None
        value = self.environment.get(variable, "").strip()
        if not value:
            raise UnfitError(
                f"{key}_env of {table.where} names {sanitise(variable, most=60)}, which is not set"
            )
        return Credential(value)

    def _from_file(self, table: Table, key: str, path: Path) -> Credential:
        try:
            status = path.stat()
            if not stat.S_ISREG(status.st_mode) or status.st_size > _MOST_SECRET:
                raise UnfitError(f"{key}_file of {table.where} should be a small file")
            text = path.read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as exc:
            why = getattr(exc, "strerror", None) or "it is no text"
            raise UnfitError(f"{key}_file of {table.where} cannot be read ({why})") from exc
        if not text:
            raise UnfitError(f"{key}_file of {table.where} is empty")
        if status.st_mode & (stat.S_IROTH | stat.S_IWOTH):
            self.remarks.append(
                Shown(f"Others may read {sanitise(str(path))}; run `chmod 600 {sanitise(str(path))}`.")
            )
        return Credential(text)


def read_channels(top: Table, around: Surroundings) -> tuple[ChannelSettings, ...]:
    """:raises UnfitError: a channel is not what it should be."""
    return tuple(_channel(name, table, around) for name, table in top.tables("channels"))


def read_escalations(top: Table, channels: Sequence[str]) -> tuple[Escalation, ...]:
    """:raises UnfitError: an escalation is not what it should be."""
    found = [_escalation(table, channels) for table in top.rows("escalations")]
    return tuple(sorted(found, key=lambda each: each.after))


def read_daily(top: Table, key: str, channels: Sequence[str], zone: str) -> Daily | None:
    """Return when something is said once a day, and where.

    :raises UnfitError: it is not what it should be.
    """
    table = top.table(key)
    if table is None:
        return None
    daily = Daily(
        minute=table.minute("at"),
        zone=table.zone("zone", zone),
        channels=table.names("channels", channels) or tuple(channels),
    )
    table.end()
    return daily


def read_heartbeat(top: Table, around: Surroundings) -> HeartbeatSettings | None:
    """:raises UnfitError: it is not what it should be."""
    table = top.table("heartbeat")
    if table is None:
        return None
    url = around.credential(table, "url")
    if url is None:
        raise UnfitError("heartbeat has no url, url_file or url_env")
    heartbeat = HeartbeatSettings(
        url=url,
        every=table.duration("every", most=3_600) or 60,
        most_undelivered=table.duration("most_undelivered") or 3_600,
        is_insecure=table.flag("insecure", usual=False),
    )
    table.end()
    return heartbeat


def _channel(name: str, table: Table, around: Surroundings) -> ChannelSettings:
    if not _NAME.fullmatch(name):
        raise UnfitError(
            f"{table.where} should be named by up to 32 small letters, digits and -, a letter first"
        )
    kind = table.choice("kind", _KINDS)
    if kind is None:
        raise UnfitError(f"{table.where} has no kind; known are {', '.join(_KINDS)}")
    zone = table.zone("zone", around.zone)
    url = around.credential(table, "url") if kind in _URLS else None
    secrets = tuple(_secrets(table, around)) if kind is ChannelKind.WEBHOOK else ()
    path = table.text("path") if kind in _PATHS else None
    if kind in _URLS and url is None:
        raise UnfitError(f"{table.where} has no url, url_file or url_env")
    if kind in _PATHS and path is None:
        raise UnfitError(f"{table.where} has no path")
    channel = ChannelSettings(
        name=name,
        kind=kind,
        zone=zone,
        url=url,
        secrets=secrets,
        path=None if path is None else around.path(path),
        is_insecure=table.flag("insecure", usual=False) if kind in _URLS else False,
        route=_route(name, table, around, zone, is_record=kind in _PATHS),
    )
    table.end()
    return channel


def _route(name: str, table: Table, around: Surroundings, zone: str, *, is_record: bool) -> Route:
    least = table.choice("least", _SEVERITIES)
    vaults = table.names("vaults", around.vaults)
    kinds = table.names("kinds", _HAPPENINGS)
    pins = [around.settings.pins[each] for each in vaults or ()]
    usual = Severity.INFO if is_record else Severity.NOTICE
    return Route(
        channel=name,
        least=usual if least is None else least,
        vaults=None if vaults is None else frozenset((pin.chain_id, pin.vault) for pin in pins),
        kinds=None if kinds is None else frozenset(Kind(each) for each in kinds),
        is_pager=table.flag("pager", usual=False),
        is_last_resort=table.flag("last_resort", usual=False),
        updates=table.flag("updates", usual=True),
        quiet=table.hours("quiet", zone),
        most_an_hour=table.number("most_an_hour", 1, 100_000),
    )


def _secrets(table: Table, around: Surroundings) -> Iterator[Credential]:
    """Yield the secrets of a webhook: the one in use, and the one before it while receivers change over."""
    secret = around.credential(table, "secret")
    if secret is None:
        raise UnfitError(f"{table.where} has no secret, secret_file or secret_env")
    for each in (secret, around.credential(table, "former_secret")):
        if each is None:
            continue
        if len(each.reveal().encode("utf-8")) < LEAST_SECRET:
            raise UnfitError(f"the secret of {table.where} should have at least {LEAST_SECRET} bytes")
        yield each


def _escalation(table: Table, channels: Sequence[str]) -> Escalation:
    after = table.duration("after", most=3 * 86_400)
    names = table.names("channels", channels)
    least = table.choice("least", _SEVERITIES)
    table.end()
    if after is None or names is None:
        raise UnfitError(f"{table.where} has no {'after' if after is None else 'channels'}")
    return Escalation(
        after=Duration(after), channels=names, least=Severity.WARNING if least is None else least
    )
