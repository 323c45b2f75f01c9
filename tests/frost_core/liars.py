"""Members who lie: what they say is signed with their own keys, as a stolen or malicious program would."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.frost_core.party import Change, pen, transport_key
from verifier.errors.frost import VerdictUnproven
from verifier.frost.charter import Index, Pen
from verifier.frost.curve import is_signed
from verifier.frost.envelope import Envelope, Place, open_envelope, seal
from verifier.frost.evidence import Court, require_proven
from verifier.frost.judge import Verdict
from verifier.frost.messages import Body, Kind
from verifier.frost.shares import GroupKey


def read(raw: bytes) -> Envelope:
    """Return an envelope of whatever group, epoch and session, from any of the first 255 holders of these tests."""
    keys = {Index(raw[72]): transport_key(raw[72])}
    place = Place(
        group=raw[4:36], epoch=int.from_bytes(raw[36:40], "big"), session=None, keys=keys, is_signed=is_signed
    )
    envelope = open_envelope(raw, place)
    assert isinstance(envelope, Envelope), envelope
    return envelope


def say(
    like: Envelope,
    body: Body,
    *,
    by: Pen | None = None,
    kind: Kind | None = None,
    **other: Any,
) -> bytes:
    """Return an envelope like another, with another body, and what else is named, signed by its sender."""
    fields: dict[str, Any] = {"digest": like.digest, "seen": like.seen, "session": like.session}
    fields |= {"group": like.group, "epoch": like.epoch} | other
    place = Place(
        group=fields["group"], epoch=fields["epoch"], session=fields["session"], keys={}, is_signed=is_signed
    )
    return seal(
        by or pen(like.sender), place, kind or like.kind, body, digest=fields["digest"], seen=fields["seen"]
    )


def lying(
    who: int | tuple[int, ...],
    kind: Kind,
    lie: Callable[[Envelope], Body],
    *,
    to: tuple[int, ...] | None = None,
    **other: Any,
) -> Change:
    """Return what changes the words of some, of one kind, for some or all who hear them.

    What comes to the coordinator is changed where `to` is None or holds 0; it then passes the lie on to all.
    """
    liars = (who,) if isinstance(who, int) else who

    def change(sender: Index, receiver: Index, raw: bytes) -> bytes | None:
        envelope = read(raw)
        if envelope.sender not in liars or envelope.kind is not kind:
            return raw
        if to is not None and receiver not in to:
            return raw
        if to is None and sender != envelope.sender:
            return raw  # the coordinator passes on what was changed on its way to it
        return say(envelope, lie(envelope), **other)

    return change


def silent(who: int | tuple[int, ...], *kinds: Kind) -> Change:
    """Return what swallows the words of some; all of them if no kind is named."""
    mutes = (who,) if isinstance(who, int) else who

    def change(sender: Index, receiver: Index, raw: bytes) -> bytes | None:
        is_mute = sender in mutes and (not kinds or read(raw).kind in kinds)
        return None if is_mute else raw

    return change


def both(*changes: Change) -> Change:
    def change(sender: Index, receiver: Index, raw: bytes) -> bytes | None:
        for one in changes:
            changed = one(sender, receiver, raw)
            if changed is None:
                return None
            raw = changed
        return raw

    return change


def court(key: GroupKey | None, group: bytes, members: tuple[int, ...]) -> Court:
    keys: Mapping[Index, Any] = {Index(i): transport_key(i) for i in (0, *members)}
    return Court(group=group, keys=keys, key=key)


def edit(body: Any, **changes: Any) -> Any:
    return replace(body, **changes)


def assert_proven(verdicts: list[tuple[Index, Verdict]], where: Court) -> None:
    """Find all verdicts again from their evidence, and no other one from the same evidence."""
    assert verdicts
    for _, verdict in verdicts:
        require_proven(verdict, where)
        for other in {Index(i) for i in where.keys} - {verdict.culprit}:
            with pytest.raises(VerdictUnproven):
                require_proven(replace(verdict, culprit=other), where)
