"""A delivery as a person reads it: one line with what matters, and below it everything that helps to decide."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from verifier.model.address import Address
from verifier.model.evidence import Evidence
from verifier.model.finding import Severity
from verifier.model.text import Shown, sanitise, show_bytes, show_duration, show_moment
from verifier.model.units import ChainId, Timestamp
from verifier.model.watching import Delivery, Happening, Parcel, Standing

MOST_SUBJECT: Final = 160
MOST_LINES: Final = 40
MOST_LINE: Final = 1_000
MOST_FINDINGS: Final = 12
MOST_BODY: Final = 12_000

EVIDENCE_WORDS: Final = {
    Evidence.CLAIMED: "claimed: one source says so",
    Evidence.AGREED: "agreed: as many endpoints as you configured say so",
    Evidence.PROVEN: "proven: a Merkle proof against a block that enough endpoints agree on",
}
_PREFIXES: Final = {
    Parcel.ALERT: "",
    Parcel.UPDATE: "update",
    Parcel.RETRACTION: "taken back",
    Parcel.ESCALATION: "nobody acknowledged",
    Parcel.DIGEST: "Daily digest",
    Parcel.HEAD: "Audit log",
}
_ABOUT_A_VAULT: Final = re.compile(
    r"`(fourth-signer (?:lapse|object|queue|review|show|veto)(?: [0-9a-fA-Fx]+)?)`"
)
"""Commands that judges write, who know a vault by its address only."""
WATCH: Final = Shown("fourth-signer watch")
"""What answers for a watcher; an automatic guard has its own command."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Whoever reads: where their clock stands, and what they call vaults."""

    zone: str = "UTC"
    names: Mapping[tuple[ChainId, Address], Shown]
    # What acknowledges, and knows more.
    command: Shown = WATCH


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What is sent to people. Printable ASCII; whoever sends it escapes what their channel would take for markup."""

    subject: Shown
    lines: tuple[Shown, ...]
    severity: Severity

    @property
    def body(self) -> Shown:
        return Shown("\n".join(self.lines))


def letter_for(delivery: Delivery, reader: Reader) -> Letter:
    """Return a delivery in words. Its length is bounded."""
    happening = delivery.happening
    if happening is None:
        first = delivery.text[0] if delivery.text else Shown("Nothing to say.")
        subject = _subject(_PREFIXES[delivery.parcel], first)
        return Letter(subject=subject, lines=_bounded(delivery.text, reader), severity=Severity.INFO)
    what = _PREFIXES[delivery.parcel]
    prefix = f"{happening.severity.name} ({what})" if what else happening.severity.name
    subject = _subject(prefix, Shown(f"{_name(happening, reader)}: {happening.sentence}"))
    return Letter(
        subject=subject,
        lines=(*_bounded(_lines(delivery, happening, reader), reader), *_place(delivery, happening, reader)),
        severity=happening.severity,
    )


def local_moment(seconds: Timestamp, zone: str) -> Shown:
    """Return a moment by the clocks of a place, and in UTC."""
    utc = show_moment(seconds)
    if zone == "UTC":
        return utc
    try:
        local = datetime.fromtimestamp(seconds, ZoneInfo(zone))
    except (OverflowError, ValueError, OSError):
        return utc
    # The name of the zone as clocks there have it now, such as CET or +0530.
    return Shown(f"{sanitise(local.strftime('%a %Y-%m-%d %H:%M %Z'), most=60)} ({utc})")


def _lines(delivery: Delivery, happening: Happening, reader: Reader) -> Iterator[Shown]:
    if delivery.parcel is Parcel.RETRACTION:
        yield Shown(
            "This is taken back: the chain was re-organised, or it is over. What was said before was:"
        )
    if delivery.parcel is Parcel.ESCALATION:
        yield Shown("Nobody acknowledged this, so you are told as well:")
    yield _named(happening.sentence, happening, reader)
    shown = sorted(happening.findings, key=lambda finding: -finding.severity)[:MOST_FINDINGS]
    # They stand below, with the names of their rules: nobody reads the same twice at night.
    below = {f"{finding.severity.name}: {finding.sentence}" for finding in shown}
    for line in happening.lines:
        if line not in below:
            yield _named(line, happening, reader)
    if happening.ready_at is not None:
        left = happening.ready_at - happening.at
        when = f" ({show_duration(left)} after this)" if left > 0 else ""
        yield Shown(f"Executable from {local_moment(happening.ready_at, reader.zone)}{when}.")
    for finding in shown:
        yield Shown(f"{finding.severity.name} {finding.rule}: {finding.sentence}")
    if (more := len(happening.findings) - len(shown)) > 0:
        yield Shown(f"... and {more} more findings")


def _place(delivery: Delivery, happening: Happening, reader: Reader) -> Iterator[Shown]:
    """Yield where and when it was seen, why it is believed, and what to do."""
    if happening.vault is not None:
        yield Shown(f"Vault {_name(happening, reader)}: {happening.vault}, chain {happening.chain_id}.")
    if happening.operation_id is not None:
        lane = f" in lane {happening.lane}" if happening.lane is not None else ""
        yield Shown(f"Operation {show_bytes(happening.operation_id)}{lane}.")
    if happening.block_hash:
        yield Shown(
            f"Seen at {local_moment(happening.at, reader.zone)}, block {happening.block}, "
            f"{_standing_words(delivery.standing)}."
        )
    yield Shown(f"Evidence: {EVIDENCE_WORDS[happening.evidence]}.")
    if happening.lane is not None and delivery.parcel is not Parcel.RETRACTION:
        todo = Shown(f"To do: read it yourself with `fourth-signer show {happening.lane}`.")
        yield _named(todo, happening, reader)
    if delivery.number is not None and delivery.parcel in (Parcel.ALERT, Parcel.ESCALATION, Parcel.UPDATE):
        yield Shown(f"Number {delivery.number}: acknowledge with `{reader.command} ack {delivery.number}`.")


def _named(line: Shown, happening: Happening, reader: Reader) -> Shown:
    """Return a line whose commands say which vault they are about: its reader may have many."""
    known = happening.vault and reader.names.get((happening.chain_id, happening.vault))
    return Shown(_ABOUT_A_VAULT.sub(rf"`\1 --vault {known}`", line)) if known else line


def _standing_words(standing: Standing) -> str:
    match standing:
        case Standing.UNCONFIRMED:
            return "not final yet: you are told if it is taken back"
        case Standing.CONFIRMED:
            return "final"
        case Standing.RETRACTED:
            return "taken back"


def _name(happening: Happening, reader: Reader) -> Shown:
    if happening.vault is None:
        return Shown(f"chain {happening.chain_id}" if happening.chain_id else "watcher")
    return reader.names.get((happening.chain_id, happening.vault), Shown(str(happening.vault)))


def _subject(prefix: str, sentence: Shown) -> Shown:
    # Without brackets, which chats would take for the beginning of a link.
    text = f"{prefix}: {sentence}"
    return Shown(text if len(text) <= MOST_SUBJECT else f"{text[: MOST_SUBJECT - 3]}...")


def _bounded(lines: Iterable[Shown], reader: Reader) -> tuple[Shown, ...]:
    """Return as many lines as a message may have; the last one says that there are more."""
    kept: list[Shown] = []
    size = 0
    for line in lines:
        if len(kept) == MOST_LINES or size > MOST_BODY:
            cut = f"... and more; `{reader.command} status` and the audit log have all of it"
            return (*kept, Shown(cut))
        kept.append(line if len(line) <= MOST_LINE else Shown(f"{line[:MOST_LINE]}..."))
        size += len(kept[-1]) + 1
    return tuple(kept)
