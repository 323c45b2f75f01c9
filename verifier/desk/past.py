"""What a vault's logs tell of its past: what was ever listed, allowed or ruled, and by whom it was founded.

Storage does not list the keys of its mappings, so whatever may stand under one is asked for by what the logs name. The
logs themselves are only agreed on; but the vault counts its changes in a word that can be proven, so that it shows
where some are missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from eth_hash.auto import keccak

from verifier.decode.lexicon import Lexicon
from verifier.decode.logs import read_logs
from verifier.decode.operations import read_proposed
from verifier.desk.grants import GRANT_TOPICS, Grant, grants_of, targets_of
from verifier.errors import RangeTooWide
from verifier.model.address import Address
from verifier.model.companions import Companions
from verifier.model.event import Emitter, VaultEvent
from verifier.model.evidence import Evidence
from verifier.model.finding import Finding
from verifier.model.operation import Operation
from verifier.model.reading import VaultReading
from verifier.model.roster import Roster
from verifier.model.units import BlockNumber
from verifier.model.watching import LogEvent
from verifier.ports import BlockSource
from verifier.sign.typed import id_of

# What stands before a change of the roster, and is what changed.
_CAUSES = frozenset(
    {"AssetSet", "CounterpartySet", "RuleSet", "RegistrySet", "TiersSet", "MemberChanged", "GroupSet"}
)
_NARROWER = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultPast:
    """What the logs name, from the vault's first block on."""

    since: BlockNumber
    # Whether the configuration that it was founded with is there, and has the hash that storage keeps.
    is_founding_found: bool
    # How many changes the vault has counted, how many the logs tell of, and how many of these say of what.
    counted: int
    found: int
    explained: int
    assets: frozenset[Address]
    accounts: frozenset[Address]
    # Targets and selectors.
    functions: frozenset[tuple[Address, bytes]]
    # Tokens and spenders that operations, or the tokens' own logs, name.
    allowances: frozenset[tuple[Address, Address]]
    # Those whose last word was that somebody may.
    grants: frozenset[Grant]
    # How many operations the lanes of today's members have counted, and how many of these the logs tell of.
    published: int
    published_found: int
    # Hash of the transaction that founded it.
    transaction: bytes | None
    # Why the logs are believed.
    evidence: Evidence
    findings: tuple[Finding, ...] = ()

    @property
    def is_complete(self) -> bool:
        """No change is missing, as far as logs can tell: only one that was made up could stand for another."""
        are_changes = self.counted == self.found == self.explained
        return self.is_founding_found and are_changes and self.published == self.published_found


def read_past(
    source: BlockSource,
    reading: VaultReading,
    companions: Companions,
    *,
    since: BlockNumber | None = None,
    tokens: Iterable[Address] = (),
) -> VaultPast:
    """Return what happened to a vault up to the block of its reading.

    :param since: its first block; found out where it is None, and all blocks are asked where nobody knows it
    :param tokens: whose logs of allowances are to be read, beside those of every asset that was ever listed
    :raises EvidenceError: the logs cannot be had, or the endpoints do not agree on them.
    """
    last = reading.head.number
    first = since if since is not None else source.born(reading.vault, last) or BlockNumber(0)
    logs = _ranged(source, first, last, [reading.vault])
    events = read_logs(logs, vault=reading.vault, companions=companions)
    assets, accounts, functions = _listed(events, reading)
    lexicon = Lexicon(vault=reading.vault, companions=companions)
    operations = _published(events)
    # An operation may have called a token by a function that nobody knows here: its own logs tell.
    asked = sorted({*assets, *tokens, *targets_of(operations, lexicon)} - {Address(bytes(20))})
    owner = bytes(12) + reading.vault
    approvals = _ranged(source, first, last, asked, [GRANT_TOPICS, [owner]]) if asked else ()
    grants = grants_of(operations, approvals, lexicon)
    lanes = {lane.lane for lane in reading.lanes.value}
    return VaultPast(
        since=first,
        is_founding_found=any(e.name == "Founded" and _is_founding(e, reading) for e in events),
        counted=int(reading.roster.value.epoch),
        **_changes(events),
        assets=frozenset(assets),
        accounts=frozenset(accounts),
        functions=frozenset(functions),
        allowances=frozenset(grant.pair for grant in grants),
        grants=frozenset(grant for grant, is_given in grants.items() if is_given),
        published=sum(lane.state.sequence for lane in reading.lanes.value),
        published_found=len({(each.lane, each.sequence) for each in operations if each.lane in lanes}),
        transaction=next((e.log.transaction for e in events if e.name == "Founded"), None),
        evidence=min(Evidence.AGREED, reading.head.evidence),
        findings=source.doubts(),
    )


def _ranged(
    source: BlockSource,
    first: BlockNumber,
    last: BlockNumber,
    emitters: Sequence[Address],
    topics: Sequence[Sequence[bytes]] = (),
) -> tuple[LogEvent, ...]:
    """Return logs of many blocks, as many at once as endpoints give."""
    found: list[LogEvent] = []
    begin, step = int(first), max(last - first + 1, 1)
    while begin <= last:
        end = min(begin + step - 1, int(last))
        try:
            found += source.logs(BlockNumber(begin), BlockNumber(end), emitters, topics=topics)
        except RangeTooWide:
            if begin == end:
                raise
            step = max(step // _NARROWER, 1)
            continue
        begin = end + 1
    return tuple(found)


def _is_founding(event: VaultEvent, reading: VaultReading) -> bool:
    """The event's data is what the vault hashed when it was founded."""
    return keccak(event.log.data) == reading.founding.value


def _changes(events: Sequence[VaultEvent]) -> dict[str, int]:
    """Return how many changes of the roster there are, each counted once, and how many stand behind what changed."""
    numbers: set[int] = set()
    explained = 0
    is_caused = False
    for event in events:
        if event.emitter is not Emitter.VAULT:
            continue
        if event.name in _CAUSES:
            is_caused = True
        elif event.name == "Founded":
            # What it lists besides was counted with it.
            is_caused = False
        elif event.name == "RosterChanged":
            word = event.values["roster"]
            number = int(Roster.unpack(word).epoch) if isinstance(word, int) else -1
            if number not in numbers:
                explained += is_caused
            numbers.add(number)
            is_caused = False
    return {"found": len(numbers), "explained": explained}


def _listed(
    events: Sequence[VaultEvent], reading: VaultReading
) -> tuple[set[Address], set[Address], set[tuple[Address, bytes]]]:
    """Return every asset, counterparty and function that was ever listed, in the founding or since."""
    assets = set(_addresses(events, "AssetSet", "asset"))
    accounts = set(_addresses(events, "CounterpartySet", "account"))
    functions = set(_functions(events))
    for event in events:
        if event.name == "Founded" and _is_founding(event, reading):
            # Its hash is in storage, so nobody can leave anything out of it.
            configuration: Any = event.values["configuration"]
            _, _, _, listed, parties, rules, _ = configuration
            assets |= {Address(asset) for asset, _ in listed}
            accounts |= {Address(account) for account, _ in parties}
            functions |= {(Address(target), _selector(number)) for target, number, _ in rules}
    return assets, accounts, functions


def _selector(number: int) -> bytes:
    return number.to_bytes(32, "big")[-4:]


def _addresses(events: Iterable[VaultEvent], name: str, field: str) -> Iterator[Address]:
    for event in events:
        value = event.values.get(field)
        if event.name == name and isinstance(value, bytes):
            yield Address(value)


def _functions(events: Iterable[VaultEvent]) -> Iterator[tuple[Address, bytes]]:
    for event in events:
        target, selector = event.values.get("target"), event.values.get("selector")
        if event.name == "RuleSet" and isinstance(target, bytes) and isinstance(selector, int):
            yield Address(target), _selector(selector)


def _published(events: Sequence[VaultEvent]) -> tuple[Operation, ...]:
    """Return every operation that was published, and whose bytes hash to its id. Which were executed decides nothing:
    a token is asked what it still allows.
    """
    found = {}
    for event in events:
        if event.name != "Proposed":
            continue
        name, operation = bytes(event.log.topics[1]), read_proposed(event.log.data)
        if operation is not None and id_of(operation) == name:
            found[name] = operation
    return tuple(found.values())
