"""A backup of a share for its own holder's recovery key, which is kept apart: X25519, in PEM files.

    openssl genpkey -algorithm x25519 -out recovery.pem        the secret half: offline, in a safe
    openssl pkey -in recovery.pem -pubout -out recovery.pub    what backups are made for

A restored share brings no nonce back: those were never stored.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from verifier.errors import KeyFileUnusable, ShareOutdated, ShareUnusable
from verifier.frost.shares import Share, write_share
from verifier.keys.key_file import read_key_file
from verifier.keys.secret import Secret, keep_out_of_traces
from verifier.keys.share_form import MOST_BYTES, RecoveryPart, ShareHead, render_form
from verifier.keys.share_sealing import Dice, decrypt_content, encrypt_content, parse_share, share_of

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

_ADVICE = "It should be X25519 in PEM, as `openssl genpkey -algorithm x25519` makes it."
_MOST_PEM = 4_096


def read_recipient(path: Path) -> bytes:
    """Return the public half of a recovery key, 32 bytes.

    :raises KeyFileUnusable: the file holds no such public key.
    """
    return _read_public(path).public_bytes_raw()


def back_up(share: Share, recipient: bytes, *, dice: Dice) -> bytes:
    """Return the content of a backup that only the holder of a recovery key can open."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

    with keep_out_of_traces():
        ephemeral = X25519PrivateKey.from_private_bytes(dice(32))
        agreed = Secret(ephemeral.exchange(X25519PublicKey.from_public_bytes(recipient)))
    charter = share.key.charter
    part = RecoveryPart(recipient=recipient, ephemeral=ephemeral.public_key().public_bytes_raw())
    head = ShareHead(group=charter.group, epoch=charter.epoch, holder=share.index, recovery=part)
    return render_form(encrypt_content(write_share(share), head, [agreed], dice=dice))


def restore(path: Path, recovery: Path, *, present: int) -> Share:
    """Return the share in a backup.

    :param present: the epoch that the group is in
    :raises KeyFileUnusable: a file is missing, open to others, or no key.
    :raises ShareUnusable: it is no backup, was changed, or is for another recovery key.
    :raises ShareOutdated: it is of an epoch that is over.
    """
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

    form = parse_share(read_key_file(path, MOST_BYTES), path)
    part = form.head.recovery
    if part is None:
        raise ShareUnusable(path=str(path), why="it is no backup", advice="It opens as it is.")
    if form.head.epoch < present:
        raise ShareOutdated(path=str(path), epoch=form.head.epoch, present=present)
    private = _read_private(recovery)
    advice = "Take the recovery key that it was made for, or another copy of the backup."
    if private.public_key().public_bytes_raw() != part.recipient:
        raise ShareUnusable(path=str(path), why="it is for another recovery key", advice=advice)
    with keep_out_of_traces():
        agreed = Secret(private.exchange(X25519PublicKey.from_public_bytes(part.ephemeral)))
    opened = decrypt_content(form, [agreed])
    if opened is None:
        raise ShareUnusable(path=str(path), why="it was changed", advice=advice)
    with opened:
        return share_of(opened, form.head, path)


def _read_public(path: Path) -> X25519PublicKey:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        found = load_pem_public_key(read_key_file(path, _MOST_PEM, is_secret=False))
    except ValueError as exc:
        raise KeyFileUnusable(path=str(path), why="it is no public key", advice=_ADVICE) from exc
    if not isinstance(found, X25519PublicKey):
        raise KeyFileUnusable(path=str(path), why="its key is of another kind", advice=_ADVICE)
    try:
        # Now, and not once a share is to be kept: there are points with which nothing can be agreed on.
        X25519PrivateKey.generate().exchange(found)
    except ValueError as exc:
        raise KeyFileUnusable(path=str(path), why="nothing can be sealed to its key", advice=_ADVICE) from exc
    return found


def _read_private(path: Path) -> X25519PrivateKey:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        with keep_out_of_traces():
            found = load_pem_private_key(read_key_file(path, _MOST_PEM), password=None)
    except (ValueError, TypeError):
        raise KeyFileUnusable(path=str(path), why="it is no private key", advice=_ADVICE) from None
    if not isinstance(found, X25519PrivateKey):
        raise KeyFileUnusable(path=str(path), why="its key is of another kind", advice=_ADVICE)
    return found
