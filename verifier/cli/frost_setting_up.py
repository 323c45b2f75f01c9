"""`frost card`, `init`, `inspect`: who a group is, before it has a key and after."""

from __future__ import annotations

import re
import secrets
import uuid
from argparse import Namespace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final

from verifier.assess.group_segregation import GroupSegregation, judge_group
from verifier.cli.answer import Answer
from verifier.cli.commands import as_json
from verifier.cli.frost_put_aside import epochs_aside
from verifier.courier.certificates import make_certificate
from verifier.desk.group_request import address_of_group
from verifier.errors import FourthSignerError, GroupFileMalformed, HolderFolderUnfit
from verifier.keys.fido_part import FidoPart, describe_check
from verifier.keys.share_sealing import describe_head, read_share_head
from verifier.model.group_file import GroupFile, HolderEntry
from verifier.model.text import Shown, sanitise, show_address, show_bytes
from verifier.pages.group import group_page, segregation_sentences
from verifier.pages.layout import width_of_terminal
from verifier.store.group_file import (
    charter_of,
    hash_of_group,
    parse_group_file,
    read_group_file,
    render_group_file,
    replace_bytes,
    require_separate,
    write_group_file,
)
from verifier.store.group_holders import parse_card, read_card
from verifier.store.holder_folder import HolderFolder
from verifier.store.place import path_of
from verifier.store.watch_table import UnfitError

_EMPLOYER: Final = re.compile(r"([A-Za-z0-9][A-Za-z0-9_-]{0,39})=([1-9][0-9]{0,9})")
_SERIAL_BITS: Final = 150


def folder_of(text: str) -> HolderFolder:
    return HolderFolder(path_of(text))


def make_identity(folder: HolderFolder) -> bytes:
    """Make what somebody is known by, and return the certificate, DER."""
    return folder.make(
        dice=secrets.token_bytes,
        make_certificate=lambda: make_certificate(secrets.randbits(_SERIAL_BITS) + 1),
    )


def run_card(options: Namespace) -> Answer:
    """Make a holder's keys and its card.

    :raises FourthSignerError: something of it is not what it should be; there is no folder then.
    """
    folder = folder_of(options.folder)
    # A trial with keys that are nobody's, so that what is wrong is found before anything is made.
    _card(options, transport_key=bytes(32), certificate=b"\0")
    certificate = _certificate_without_card(folder) or make_identity(folder)
    transport_key = folder.read_transport().point()[1:]
    replace_bytes(folder.card, _card(options, transport_key=transport_key, certificate=certificate))
    path = sanitise(str(folder.card), most=300)
    return Answer(
        text=f"Wrote {path}: give it to whoever sets the group up, and compare\n"
        f"transport key  {show_bytes(transport_key)}\n"
    )


def _certificate_without_card(folder: HolderFolder) -> bytes | None:
    """Return the certificate of an identity that nobody knows yet: the machine stopped before its card was there."""
    is_begun = folder.transport.exists() and not folder.card.exists() and not folder.group.exists()
    return folder.read_certificate() if is_begun else None


def _card(options: Namespace, *, transport_key: bytes, certificate: bytes) -> bytes:
    import base64

    import tomli_w

    employer = _EMPLOYER.fullmatch(options.employer)
    latitude, _, longitude = options.place.partition(",")
    try:
        degrees = [Decimal(latitude.strip()), Decimal(longitude.strip())]
    except InvalidOperation as exc:
        why = "--place should be LATITUDE,LONGITUDE in degrees, such as 47.37,8.54"
        raise _unfit_card(why) from exc
    if employer is None:
        raise _unfit_card("--employer should be NAME=NUMBER, such as acme=1")
    content = {
        "mark": "fourth-signer holder",
        "version": 1,
        "employers": {employer[1]: int(employer[2])},
        "holder": {
            "name": options.name,
            "person": options.person,
            "employer": employer[1],
            "utc_offset": options.utc_offset,
            "place": {
                "latitude": _number(degrees[0]),
                "longitude": _number(degrees[1]),
            },
            "transport_key": "0x" + transport_key.hex(),
            "certificate": base64.b64encode(certificate).decode("ascii"),
            "address": options.address,
        },
    }
    written = tomli_w.dumps(content).encode("utf-8")
    try:
        parse_card(written, index=1)
    except UnfitError as exc:
        raise _unfit_card(str(exc)) from exc
    except FourthSignerError as exc:
        raise _unfit_card(exc.sentence().rstrip(".")) from exc
    return written


def _unfit_card(why: str) -> GroupFileMalformed:
    advice = "Correct what you typed; no card was written."
    return GroupFileMalformed(path="card.toml", why=why, advice=advice)


def run_init(options: Namespace) -> Answer:
    """Write a group's file from its holders' cards.

    :raises FourthSignerError: a card cannot be read, or no group may be so; nothing is written then.
    """
    folder = folder_of(options.folder)
    holders = tuple(read_card(path_of(card), index=i + 1) for i, card in enumerate(options.card))
    if folder.group.exists():
        why = "there is a group's file in it already, and nothing is written over"
        raise HolderFolderUnfit(path=str(folder.path), why=why, advice="Choose another folder.")
    group = _group(options, holders, key=bytes([1]) * 32, certificate=b"\0")
    _checked(group, folder.group)
    certificate = folder.read_certificate() if folder.transport.exists() else make_identity(folder)
    key = folder.read_transport().point()[1:]
    group = _group(options, holders, key=key, certificate=certificate)
    _checked(group, folder.group)
    write_group_file(folder.group, group)
    return Answer(
        text=page_of(group) + f"\nWrote {sanitise(str(folder.group), most=300)}: hand it to every holder.\n"
    )


def _group(
    options: Namespace, holders: tuple[HolderEntry, ...], *, key: bytes, certificate: bytes
) -> GroupFile:
    return GroupFile(
        name=sanitise(options.name, most=60),
        group=secrets.token_bytes(32),
        epoch=1,
        threshold=options.threshold,
        coordinator_key=key,
        coordinator_certificate=certificate,
        holders=holders,
    )


def _checked(group: GroupFile, path: Path) -> None:
    """Raise GroupFileMalformed where a group may not be so."""
    try:
        require_separate(group.holders)
        charter_of(group)
    except UnfitError as exc:
        raise GroupFileMalformed(path=str(path), why=str(exc)) from exc
    parse_group_file(render_group_file(group), str(path))


def run_inspect(options: Namespace) -> Answer:
    """Show a group, and of a holder's folder what opens its share.

    :raises GroupFileMalformed: the file cannot be read.
    """
    path = path_of(options.file)
    folder = HolderFolder(path) if path.is_dir() else None
    group = read_group_file(folder.group if folder else path)
    kept = kept_in(folder) if folder else []
    if options.json:
        return Answer(text=as_json(_record(group, kept)))
    return Answer(text=page_of(group, kept=kept))


def kept_in(folder: HolderFolder) -> list[Shown]:
    """Return what a holder's folder says of its share, which is not opened."""
    if not folder.share.exists():
        return []
    head = read_share_head(folder.share)
    said = [
        Shown(f"The share here is that of holder {head.holder} in epoch {head.epoch}: {describe_head(head)}.")
    ]
    if isinstance(head.token, FidoPart):
        said.append(Shown(f"Its FIDO2 token is of the model {uuid.UUID(bytes=head.token.aaguid)}."))
        said.append(describe_check(head.token) or Shown("It shows before its PIN that it is the right one."))
    waiting = sorted(folder.path.glob("share.pending-*.json"))
    if waiting:
        said.append(Shown(f"{len(waiting)} newer shares wait for their certificates."))
    if aside := epochs_aside(folder.path):
        said.append(Shown(f"{len(aside)} newer shares were put aside: `put-aside --back` brings them back."))
    return said


def page_of(group: GroupFile, *, kept: list[Shown] | None = None) -> str:
    point = group.point
    return group_page(
        group,
        hash_of_group(group),
        segregation_of(group),
        address=None if point is None else show_address(address_of_group(point)),
        width=width_of_terminal(),
        kept=kept or [],
    )


def segregation_of(group: GroupFile) -> GroupSegregation:
    return judge_group(group.threshold, {holder.index: holder.attributes for holder in group.holders})


def names_of(group: GroupFile) -> dict[int, Shown]:
    """Return what people call the holders."""
    return {holder.index: holder.name for holder in group.holders}


def _record(group: GroupFile, kept: list[Shown]) -> dict[str, Any]:
    found = segregation_of(group)
    return {
        "version": 1,
        "kind": "group",
        "name": str(group.name),
        "group": "0x" + group.group.hex(),
        "epoch": group.epoch,
        "threshold": group.threshold,
        "key": None if group.point is None else "0x" + group.point.hex(),
        "address": None if group.point is None else str(show_address(address_of_group(group.point))),
        "file": "0x" + hash_of_group(group).hex(),
        "holders": [
            {"index": h.index, "name": str(h.name), "person": int(h.person), "address": str(h.address)}
            for h in group.holders
        ],
        "segregation": {
            "sets": found.sets,
            "unsegregated": found.unsegregated,
            "is_possible": found.is_possible,
            "said": [str(said) for said in segregation_sentences(found, names_of(group))],
        },
        "share": [str(said) for said in kept],
    }


def _number(value: Decimal) -> float | int:
    return int(value) if value == value.to_integral_value() else float(value)


def blind_at_start() -> None:
    """Let the curve's library hide better what it works with; not where other threads may be using it."""
    import threading

    from verifier.frost.curve import blind

    if threading.active_count() == 1:
        blind(secrets.token_bytes(32))
