"""The command `bundle`, and `show` from a bundle: one operation, carried to where there is no network."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Final

from verifier.chain.endpoint import Endpoint
from verifier.chain.http import HttpTransport
from verifier.chain.panel import Panel
from verifier.chain.reader import VaultReader
from verifier.chain.recording import RecordingTransport, ReplayTransport, exchanges_of
from verifier.chain.retries import Retries
from verifier.chain.simulator import OperationSimulator
from verifier.cli.adapters import CLOCK, Choice, choose, open_aids, open_panel, open_reader, place_of
from verifier.cli.answer import Answer
from verifier.cli.patience import patience
from verifier.decode.content import UnfitError, parse_json
from verifier.decode.descriptors.document import Document, read_document
from verifier.desk.aids import Aids
from verifier.desk.briefing import Briefing, brief_lane, require_lane
from verifier.desk.signer import Signer
from verifier.errors import (
    BundleMalformed,
    BundleOfOther,
    CodeHashUnexpected,
    ConfigurationMissing,
    EvidenceError,
    HexMalformed,
)
from verifier.model.address import Address
from verifier.model.bundle import Bundle
from verifier.model.evidence import Evidence
from verifier.model.finding import Finding, Severity
from verifier.model.text import Shown, sanitise, show_bytes, show_moment
from verifier.model.units import LaneIndex
from verifier.ports import DescriptorShelf
from verifier.store.books import read_books
from verifier.store.bundle import read_bundle, write_bundle
from verifier.store.configuration import read_settings
from verifier.store.descriptors import open_registry
from verifier.store.place import path_of
from verifier.store.release import companion_addresses, release_code_hash
from verifier.store.settings import Settings

# A block may come in between, and some nodes prove only the latest one.
_ATTEMPTS: Final = 3


def run_bundle(options: Namespace) -> Answer:
    """Write a bundle, and say what it is.

    :raises FourthSignerError: the operation cannot be read, or the file not be written.
    """
    require_lane(options.lane)
    path = path_of(options.output or f"lane-{options.lane}.bundle")
    choice = choose(options)
    with patience(choice.chain.hosts):
        bundle = _record(options, choice)
    digest = write_bundle(path, bundle)
    return Answer(text=_say_written(path, bundle, digest))


def brief_bundle(options: Namespace) -> Briefing:
    """Return the briefing that a bundle gives, all that can be checked here checked again.

    :raises BundleMalformed: it cannot be read, or its answers do not fit together.
    :raises BundleOfOther: it is about something else than what was asked for.
    :raises PinError: its vault is not the one that is pinned.
    """
    path = path_of(options.bundle)
    bundle, digest = read_bundle(path)
    settings = _settings(options)
    vouched = _vouched(options.block)
    _require_asked(options, path, bundle, settings, vouched)
    pin = settings.pin_of(bundle.vault, bundle.chain_id)
    chain = settings.chains.get(bundle.chain_id)
    release = release_code_hash()
    if bundle.release != release:
        raise CodeHashUnexpected(vault=bundle.vault, expected=release, actual=bundle.release)
    transport = ReplayTransport(f"the bundle {path.name}", bundle.exchanges)
    # What the file refuses it refuses for ever.
    endpoint = Endpoint(transport, retries=Retries(attempts=1))
    panel = Panel([endpoint], needed=1, chain_id=bundle.chain_id, vouched=vouched)
    reader = VaultReader(
        panel,
        vault=bundle.vault,
        code_hash=release,
        founding=pin.founding if pin else None,
        companions=companion_addresses(),
        tag=hex(bundle.block),
    )
    signer = Signer(
        vault_name=pin.name if pin else "",
        seat=pin.seat if pin else None,
        member=pin.member if pin else None,
        labels=settings.labels,
        coin=chain.coin if chain else "ETH",
    )
    place = place_of(options)
    aids = Aids(
        simulator=OperationSimulator(panel),
        books=read_books(settings, place),
        shelf=_Shelf(_documents(path, bundle), open_registry(settings, place)),
    )
    try:
        briefing = brief_lane(reader, CLOCK, signer, bundle.lane, aids=aids)
    except EvidenceError as exc:
        raise BundleMalformed(
            path=str(path), why=f"its answers do not fit together ({exc.sentence().rstrip('.')})"
        ) from exc
    head = briefing.reading.head
    if (head.hash, head.number) != (bundle.block_hash, bundle.block):
        raise BundleMalformed(path=str(path), why="its header is not that of the block that it names")
    finding = _origin(bundle, digest, is_vouched=vouched is not None)
    return replace(briefing, findings=(finding, *briefing.findings))


def _record(options: Namespace, choice: Choice) -> Bundle:
    """Look at the operation with all endpoints, then once more with one of those that agreed, and keep its answers."""
    panel = open_panel(choice)
    for attempt in range(_ATTEMPTS):
        head = panel.head(choice.chain.block)
        source = next(each for each in panel.endpoints if each.name in head.agreeing)
        url = next(url for url in choice.chain.endpoints if HttpTransport(url).name == source.name)
        transport = RecordingTransport(HttpTransport(url))
        alone = Panel([Endpoint(transport)], needed=1, chain_id=choice.chain.chain_id)
        aids = open_aids(options, choice, alone)
        shelf = _Remembering(aids.shelf) if aids.shelf else None
        aids = replace(aids, memory=None, shelf=shelf)
        reader = open_reader(choice, alone, tag=hex(head.number))
        try:
            briefing = brief_lane(reader, CLOCK, choice.signer, options.lane, aids=aids)
        except EvidenceError:
            if attempt + 1 == _ATTEMPTS:
                raise
            continue
        reading = briefing.reading
        used = {each.source for each in briefing.reviews[0].descriptions if each}
        return Bundle(
            made_at=CLOCK.now(),
            release=reading.code_hash.value,
            chain_id=reading.head.chain_id,
            vault=reading.vault,
            founding=reading.founding.value,
            lane=LaneIndex(options.lane),
            block=reading.head.number,
            block_hash=reading.head.hash,
            agreeing=head.agreeing,
            source=source.name,
            exchanges=exchanges_of(transport),
            descriptors=tuple(
                (each.source, json.dumps(each.content, separators=(",", ":")))
                for each in (shelf.seen if shelf else ())
                if each.source in used
            ),
        )
    raise AssertionError


class _Remembering:
    """A shelf that remembers what was taken from it."""

    def __init__(self, shelf: DescriptorShelf) -> None:
        self._shelf = shelf
        self.seen: tuple[Document, ...] = ()

    def documents(self, data: bytes, accounts: Iterable[Address]) -> tuple[Document, ...]:
        found = self._shelf.documents(data, accounts)
        self.seen += found
        return found


class _Shelf:
    """The descriptors in a bundle, and those of this signer, which come first where both are about one contract."""

    def __init__(self, documents: tuple[Document, ...], own: DescriptorShelf | None) -> None:
        self._documents = documents
        self._own = own

    def documents(self, data: bytes, accounts: Iterable[Address]) -> tuple[Document, ...]:
        own = self._own.documents(data, accounts) if self._own else ()
        known = {place for each in own for place in each.places}
        return own + tuple(each for each in self._documents if not each.places & known)


def _documents(path: Path, bundle: Bundle) -> tuple[Document, ...]:
    try:
        return tuple(
            replace(read_document(parse_json(content.encode()), f"the bundle's {source}"), names=False)
            for source, content in bundle.descriptors
        )
    except UnfitError as exc:
        raise BundleMalformed(path=str(path), why=f"a descriptor in it cannot be used: {exc}") from exc


def _require_asked(
    options: Namespace, path: Path, bundle: Bundle, settings: Settings, vouched: bytes | None
) -> None:
    """Refuse a bundle about another lane, vault or block than the one that was asked for."""

    def refuse(what: str, expected: object, actual: object) -> BundleOfOther:
        return BundleOfOther(path=str(path), what=what, expected=str(expected), actual=str(actual))

    if options.lane is not None and options.lane != bundle.lane:
        raise refuse("lane", options.lane, bundle.lane)
    if options.vault is not None:
        pin = settings.pins.get(options.vault)
        vault = pin.vault if pin else Address.parse(options.vault)
        if vault != bundle.vault:
            raise refuse("vault", vault, bundle.vault)
        if pin and pin.chain_id != bundle.chain_id:
            raise refuse("chain", pin.chain_id, bundle.chain_id)
    if vouched is not None and vouched != bundle.block_hash:
        raise refuse("block", show_bytes(vouched), show_bytes(bundle.block_hash))


def _vouched(text: str | None) -> bytes | None:
    if text is None:
        return None
    try:
        found = bytes.fromhex(text.removeprefix("0x"))
    except ValueError:
        found = b""
    if len(found) != 32:
        raise HexMalformed(text=text, what="hash of a block")
    return found


def _settings(options: Namespace) -> Settings:
    try:
        return read_settings(place_of(options))
    except ConfigurationMissing:
        return Settings()


def _origin(bundle: Bundle, digest: bytes, *, is_vouched: bool) -> Finding:
    """Return what a reader has to know of where all of this comes from."""
    names = ", ".join(sanitise(name, most=80) for name in bundle.agreeing) or "nobody"
    said = (
        f"All of this is from a file with the hash {show_bytes(digest)}, made {show_moment(bundle.made_at)}; what has "
        f"happened since is not in it. Whoever made it says that {names} had its block {bundle.block}, "
        f"{show_bytes(bundle.block_hash)}, and that {sanitise(bundle.source, most=80)} gave the answers."
    )
    if is_vouched:
        said += " You vouch for that block, and what is proven is proven against it; all else is claimed."
        return _finding(Severity.NOTICE, said)
    said += (
        f" No file shows that this block is on chain {bundle.chain_id}, so nothing in it is more than claimed: look "
        "the hash up elsewhere, and give it with --block."
    )
    return _finding(Severity.WARNING, said)


def _finding(severity: Severity, said: str) -> Finding:
    return Finding(rule="from-bundle", severity=severity, sentence=Shown(said), evidence=Evidence.CLAIMED)


def _say_written(path: Path, bundle: Bundle, digest: bytes) -> str:
    size = path.stat().st_size
    names = ", ".join(sanitise(name, most=80) for name in bundle.agreeing)
    agreed = f"agreed by {names}" if len(bundle.agreeing) > 1 else f"claimed by {names} alone"
    described = f", {len(bundle.descriptors)} descriptors" if bundle.descriptors else ""
    return (
        f"Wrote {sanitise(str(path), most=200)}: {size:,} bytes, {len(bundle.exchanges)} answers of "
        f"{sanitise(bundle.source, most=80)}{described}.\n"
        f"file   {show_bytes(digest)}\n"
        f"block  {show_bytes(bundle.block_hash)}, number {bundle.block}, {agreed}\n"
        f"Compare both hashes on the other machine, and take the block's there from another source:\n"
        f"  fourth-signer show --bundle {sanitise(path.name, most=200)} --block {show_bytes(bundle.block_hash)}\n"
    )
