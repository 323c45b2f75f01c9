"""Logs of a watcher: JSON lines on the standard error stream, in ASCII, without any credential."""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from verifier.model.text import sanitise, show_moment
from verifier.store.watch_settings import WatchSettings

ROOT: Final = "fourth_signer"
_MOST: Final = 2_000
# Parts of an address that are shorter are words, such as `mainnet`.
_LEAST_SECRET: Final = 8


class JsonFormatter(logging.Formatter):
    """One object a line: when, how bad, who says so, and what."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        # The longest first, so that no part of one stays.
        self._secrets = sorted({each for each in secrets if each}, key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        """Return one record as a line. A fault is told by its kind and place: what it says may be anybody's words."""
        said = self._without_secrets(record.getMessage())
        line = {
            "at": show_moment(int(record.created)),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": sanitise(said, most=_MOST),
        }
        if record.exc_info and record.exc_info[0] is not None:
            frames = traceback.extract_tb(record.exc_info[2])
            where = f" in {frames[-1].name}, line {frames[-1].lineno}" if frames else ""
            line["fault"] = sanitise(f"{record.exc_info[0].__name__}{where}")
        return json.dumps(line, ensure_ascii=True)

    def _without_secrets(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "<credential>")
        return text


def start_logging(settings: WatchSettings) -> None:
    """Have this program's own loggers write to the standard error stream, and nobody else's anywhere."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter(secrets_of(settings)))
    logger = logging.getLogger(ROOT)
    logger.handlers[:] = [handler]
    logger.propagate = False
    logger.setLevel(logging.INFO)
    # Libraries quote addresses; what matters of what they say is in our own words.
    logging.lastResort = None
    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(logging.NullHandler())


def secrets_of(settings: WatchSettings) -> set[str]:
    """Return everything in a configuration that must not be logged."""
    found: set[str] = set()
    for channel in settings.channels:
        found.update(each.reveal() for each in channel.secrets)
        if channel.url is not None:
            found |= _parts(channel.url.reveal())
    if settings.heartbeat is not None:
        found |= _parts(settings.heartbeat.url.reveal())
    if "://" in settings.store.reveal():
        found |= _parts(settings.store.reveal())
    for chain in settings.settings.chains.values():
        for url in chain.endpoints:
            found |= _parts(url)
    return found


def _parts(url: str) -> set[str]:
    """Return the parts of an address that may be secret, and the whole of it."""
    try:
        parts = urlsplit(url)
        password = parts.password
    except ValueError:
        return {url}
    pieces = re.split(r"[/&=?:;,@]", f"{parts.netloc.rpartition('@')[0]}/{parts.path}/{parts.query}")
    secret = {each for each in pieces if len(each) >= _LEAST_SECRET}
    return {url, *secret, *({password} if password else ())}
