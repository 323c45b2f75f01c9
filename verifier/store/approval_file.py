"""An approval as a file: a few lines of JSON, written all or nothing, and never over another file.

{
  "mark": "fourth-signer approval",
  "version": 1,
  "kind": "Approve",                    or "Expedite", a consent to hurry
  "chain": 1,
  "vault": "0x...",                     with its checksum, as `member`
  "lane": 3,
  "sequence": 12,
  "id": "0x...",                        of the operation, 32 bytes
  "publication": "0x...",               8 bytes
  "ready_at": null,                     of a consent: seconds since 1970
  "seat": 4,
  "member": "0x...",
  "signature": "0x..."                  r, s and v, 65 bytes; of a group x of R, z and the prefix of R
}
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from verifier.decode.content import UnfitError, parse_json
from verifier.errors import ApprovalFileMalformed, ApprovalFileUnwritable, InputError
from verifier.model.address import Address
from verifier.model.approval_file import ApprovalFile
from verifier.model.message import MessageKind
from verifier.model.operation import Approval, Publication, Signature
from verifier.model.units import (
    LANES,
    SEATS,
    ChainId,
    LaneIndex,
    MemberIndex,
    OperationId,
    Sequence,
    Timestamp,
)
from verifier.sign.approval import join_signature, split_signature
from verifier.sign.schnorr import PREFIXES, join_group_signature, split_group_signature
from verifier.store.books import read_bounded
from verifier.store.new_file import require_none, write_new_file

MARK: Final = "fourth-signer approval"
VERSION: Final = 1
MOST_BYTES: Final = 16 * 1024
_THERE: Final = "there is a file already, and nothing is written over"

_KINDS: Final = (MessageKind.APPROVE, MessageKind.EXPEDITE)
_KEYS: Final = (
    "mark",
    "version",
    "kind",
    "chain",
    "vault",
    "lane",
    "sequence",
    "id",
    "publication",
    "ready_at",
    "seat",
    "member",
    "signature",
)


def require_no_approval(path: Path) -> None:
    """Look beforehand, so that nobody is asked for what could not be written afterwards.

    :raises ApprovalFileUnwritable: there is a file already.
    """
    try:
        require_none(path)
    except FileExistsError as exc:
        raise ApprovalFileUnwritable(path=str(path), why=_THERE) from exc


def write_approval_file(path: Path, file: ApprovalFile) -> None:
    """Write an approval where there is no file yet. Should anything go wrong, there is none afterwards either.

    :raises ApprovalFileUnwritable: there is a file already, or the disk does not let us.
    :raises SignatureMalformed: the signature is none that the vault takes.
    """
    content = render_approval_file(file)
    try:
        write_new_file(path, content)
    except FileExistsError as exc:
        why = _THERE
        raise ApprovalFileUnwritable(path=str(path), why=why) from exc
    except (OSError, ValueError) as exc:
        why = getattr(exc, "strerror", None) or "its path is no path"
        raise ApprovalFileUnwritable(path=str(path), why=why) from exc


def read_approval_file(path: Path) -> ApprovalFile:
    """Return what a file says. That it can be read says nothing about whether it is true.

    :raises ApprovalFileMalformed: it cannot be read, or has another form or version.
    """
    try:
        return parse_approval_file(read_bounded(path, MOST_BYTES))
    except UnfitError as exc:
        raise ApprovalFileMalformed(path=str(path), why=str(exc)) from exc
    except InputError as exc:
        raise ApprovalFileMalformed(path=str(path), why=exc.sentence().rstrip(".")) from exc


def render_approval_file(file: ApprovalFile) -> bytes:
    """Return the content of a file.

    :raises SignatureMalformed: the signature is none that the vault takes.
    """
    content = {
        "mark": MARK,
        "version": VERSION,
        "kind": file.kind.value,
        "chain": int(file.chain_id),
        "vault": str(file.vault),
        "lane": int(file.lane),
        "sequence": int(file.sequence),
        "id": "0x" + file.operation_id.hex(),
        "publication": str(file.approval.publication),
        "ready_at": file.ready_at,
        "seat": int(file.approval.seat),
        "member": str(file.member),
        "signature": "0x" + _joined(file.approval).hex(),
    }
    return (json.dumps(content, indent=2) + "\n").encode("ascii")


def parse_approval_file(content: bytes) -> ApprovalFile:
    """Return what the content of a file says.

    :raises UnfitError: it has another form or version.
    :raises InputError: an address or the signature in it is malformed.
    """
    found = parse_json(content)
    if not isinstance(found, dict) or found.get("mark") != MARK:
        raise UnfitError(f"it does not say `{MARK}` of itself")
    if found.get("version") != VERSION or isinstance(found["version"], bool):
        raise UnfitError(f"it has another version than {VERSION}, which this release reads")
    if set(found) != set(_KEYS):
        odd = sorted(set(found) ^ set(_KEYS))
        raise UnfitError(f"`{odd[0]}` is missing in it, or does not belong there")
    kind = _kind(found)
    ready_at = None if kind is MessageKind.APPROVE else Timestamp(_number(found, "ready_at", 1 << 40))
    if kind is MessageKind.APPROVE and found["ready_at"] is not None:
        raise UnfitError("an approval says nothing about `ready_at`")
    return ApprovalFile(
        kind=kind,
        chain_id=ChainId(_number(found, "chain", 1 << 64)),
        vault=Address.parse(_text(found, "vault")),
        lane=LaneIndex(_number(found, "lane", LANES)),
        sequence=Sequence(_number(found, "sequence", 1 << 32)),
        operation_id=OperationId(_bytes(found, "id", 32)),
        member=Address.parse(_text(found, "member")),
        approval=Approval(
            seat=MemberIndex(_number(found, "seat", SEATS)),
            publication=Publication.unpack(int.from_bytes(_bytes(found, "publication", 8), "big")),
            signature=_split(_bytes(found, "signature", 65)),
        ),
        ready_at=ready_at,
    )


def _joined(approval: Approval) -> bytes:
    return (join_group_signature if approval.is_group else join_signature)(approval.signature)


def _split(signature: bytes) -> Signature:
    return (split_group_signature if signature[-1] in PREFIXES else split_signature)(signature)


def _kind(found: Mapping[str, Any]) -> MessageKind:
    for kind in _KINDS:
        if found["kind"] == kind.value:
            return kind
    raise UnfitError(f"its `kind` is neither {_KINDS[0].value} nor {_KINDS[1].value}")


def _number(found: Mapping[str, Any], key: str, below: int) -> int:
    value = found[key]
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < below:
        raise UnfitError(f"its `{key}` is no number from 0 to {below - 1}")
    return value


def _text(found: Mapping[str, Any], key: str) -> str:
    value = found[key]
    if not isinstance(value, str):
        raise UnfitError(f"its `{key}` is no text")
    return value


def _bytes(found: Mapping[str, Any], key: str, size: int) -> bytes:
    text = _text(found, key)
    digits = text.removeprefix("0x")
    if not text.startswith("0x") or len(digits) != 2 * size or set(digits) - set("0123456789abcdef"):
        raise UnfitError(f"its `{key}` is no 0x text of {size} bytes in small letters")
    return bytes.fromhex(digits)
