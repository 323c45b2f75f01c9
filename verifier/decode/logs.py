"""Logs as the vault, its companions and its assets write them, by the interfaces of this release."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from verifier.decode.plan import plan_of
from verifier.decode.signatures import Event, interface
from verifier.decode.types import Leaf
from verifier.model.address import Address
from verifier.model.call import AbiValue
from verifier.model.companions import Companions
from verifier.model.event import Emitter, VaultEvent
from verifier.model.watching import LogEvent

_ASSET: Final = interface("asset_events")
_EVENTS: Final = {
    emitter: {event.topic: event for event in source.events.values()}
    for emitter, source in (
        *((each, interface(each.value)) for each in Emitter if each is not Emitter.ASSET),
        (Emitter.ASSET, _ASSET),
    )
}

VAULT_TOPICS: Final = tuple(_EVENTS[Emitter.VAULT])
"""First topics of everything that a vault says."""

TRANSFER_TOPIC: Final = _ASSET.events["Transfer"].topic
"""Of ERC-20 and ERC-721; the second topic is whose it was, as a word."""

APPROVAL_TOPIC: Final = _ASSET.events["Approval"].topic
"""The second topic is whose it is."""


def read_logs(logs: Iterable[LogEvent], *, vault: Address, companions: Companions) -> tuple[VaultEvent, ...]:
    """Return the logs that are about a vault, read: its own, its companions' about it, and assets' about what is its.

    What a vault or a companion says and this release does not know is in it, without a name.
    """
    return tuple(read for log in logs if (read := _read(log, vault, companions)) is not None)


def _read(log: LogEvent, vault: Address, companions: Companions) -> VaultEvent | None:
    emitter = _emitter_of(log.emitter, vault, companions)
    event = _EVENTS[emitter].get(log.topics[0]) if log.topics else None
    if emitter is Emitter.VAULT:
        return _event(log, emitter, event)
    # Companions and assets put whose it is into the second topic.
    if len(log.topics) < 2 or log.topics[1] != bytes(12) + vault:
        return None
    if emitter is Emitter.ASSET and (event is None or _values(event, log) is None):
        return None
    return _event(log, emitter, event)


def _emitter_of(account: Address, vault: Address, companions: Companions) -> Emitter:
    known = {
        vault: Emitter.VAULT,
        companions.duty_registry: Emitter.DUTY_REGISTRY,
        companions.strategy_limits: Emitter.STRATEGY_LIMITS,
        companions.bypass_ledger: Emitter.BYPASS_LEDGER,
    }
    return known.get(account, Emitter.ASSET)


def _event(log: LogEvent, emitter: Emitter, event: Event | None) -> VaultEvent:
    values = _values(event, log) if event else None
    if event is None or values is None:
        return VaultEvent(log=log, emitter=emitter, name="")
    return VaultEvent(log=log, emitter=emitter, name=event.name, values=values)


def _values(event: Event, log: LogEvent) -> dict[str, AbiValue] | None:
    """Return everything that an event says; None where its topics or its data are not those of this event."""
    topics, rest = log.topics[1:], plan_of(event.data).decode(log.data)
    if len(topics) != sum(event.indexed) or not rest.is_canonical or rest.values is None:
        return None
    return dict(_named(event, topics, rest.values))


def _named(
    event: Event, topics: tuple[bytes, ...], rest: tuple[AbiValue, ...]
) -> Iterator[tuple[str, AbiValue]]:
    indexed, plain = iter(topics), iter(rest)
    for name, type_, is_indexed in zip(
        event.arguments.names, event.arguments.members, event.indexed, strict=True
    ):
        yield (
            name,
            _word(next(indexed), type_.kind if isinstance(type_, Leaf) else "")
            if is_indexed
            else next(plain),
        )


def _word(topic: bytes, kind: str) -> AbiValue:
    """Return an indexed argument. Those of our events are addresses, numbers and 32 bytes."""
    if kind == "address":
        return Address(topic[-20:].rjust(20, b"\0"))
    return int.from_bytes(topic, "big") if kind == "uint" else topic
