"""Builds the channels that a watcher's configuration names."""

from __future__ import annotations

from importlib.metadata import version
from typing import TypeVar, assert_never

from verifier.alerts.chat import Chat, ChatUnusableError
from verifier.alerts.files import TerminalChannel, line_file, text_file
from verifier.alerts.http import Mailbox, is_private
from verifier.alerts.webhook import Webhook
from verifier.alerts.wording import WATCH, Reader
from verifier.errors.watching import WatchConfigurationMalformed
from verifier.model.address import Address
from verifier.model.credential import Credential
from verifier.model.text import Shown, sanitise
from verifier.model.units import ChainId
from verifier.ports import Channel, Clock
from verifier.store.watch_settings import ChannelKind, ChannelSettings, WatchSettings

T = TypeVar("T")


def open_channels(settings: WatchSettings, clock: Clock, *, command: Shown = WATCH) -> list[Channel]:
    """Return the channels; nothing is sent yet.

    :param command: what acknowledges

    :raises WatchConfigurationMalformed: one of them can reach nobody, or only with others reading along.
    """
    return [_open(channel, settings, clock, command) for channel in settings.channels]


def open_mailbox(settings: WatchSettings, name: str, url: Credential, *, is_insecure: bool) -> Mailbox:
    """Return an address to post to.

    :raises WatchConfigurationMalformed: it is none over HTTP, or others could read what is sent there.
    """
    text = url.reveal()
    if not text.startswith(("https://", "http://")) or any(letter.isspace() for letter in text):
        raise _unfit(settings, f"the url of {name} should begin with https://")
    if not is_insecure and not is_private(text):
        raise _unfit(
            settings,
            f"what is sent to {name} could be read on the way; take https://, or say `insecure = true` in plain sight",
        )
    return Mailbox(channel=name, url=url)


def vault_names(settings: WatchSettings) -> dict[tuple[ChainId, Address], Shown]:
    """Return what the watched vaults are called."""
    pins = [settings.settings.pins[name] for name in settings.vaults]
    return {(pin.chain_id, pin.vault): sanitise(pin.name) for pin in pins}


def _open(channel: ChannelSettings, settings: WatchSettings, clock: Clock, command: Shown) -> Channel:
    reader = Reader(zone=channel.zone, names=vault_names(settings), command=command)
    url, path, name = channel.url, channel.path, channel.name
    match channel.kind:
        case ChannelKind.CHAT:
            try:
                return Chat(name, _given(url), reader, may_be_open=channel.is_insecure)
            except ChatUnusableError as exc:
                raise _unfit(settings, f"the url of channels.{name} cannot be used: {exc}") from exc
        case ChannelKind.WEBHOOK:
            mailbox = open_mailbox(settings, name, _given(url), is_insecure=channel.is_insecure)
            return Webhook(mailbox, channel.secrets, clock=clock)
        case ChannelKind.LINES:
            return line_file(name, _given(path), product=version("fourth-signer"))
        case ChannelKind.FILE:
            return text_file(name, _given(path), reader)
        case ChannelKind.TERMINAL:
            return TerminalChannel(name, reader)
        case other:
            assert_never(other)


def _given(value: T | None) -> T:
    if value is None:
        raise AssertionError
    return value


def _unfit(settings: WatchSettings, why: str) -> WatchConfigurationMalformed:
    return WatchConfigurationMalformed(path=str(settings.path), why=why)
