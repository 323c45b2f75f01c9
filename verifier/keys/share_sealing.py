"""A share at rest: sealed by a passphrase and a token, of which neither alone opens it; or by one of them, if told so.

key = HKDF-SHA256(lengths and values of [scrypt(passphrase)], [what the token agrees on]; info = hash of the head)
sealed = AES-256-GCM(key, nonce, share; authenticated = the head: group, epoch, holder, what opens it)
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from verifier.decode.content import UnfitError
from verifier.errors import PassphraseWrong, ShareOutdated, ShareUnusable
from verifier.errors.frost import BodyMalformed
from verifier.frost.pending import PendingShare, read_pending, write_pending
from verifier.frost.shares import Share, read_share, write_share
from verifier.keys.fido_part import FidoPart
from verifier.keys.key_file import read_key_file
from verifier.keys.second_factor import SecondFactor
from verifier.keys.secret import AskSecret, Secret, keep_out_of_traces
from verifier.keys.share_form import (
    MOST_BYTES,
    USUAL_N,
    ShareForm,
    ShareHead,
    Stretching,
    parse_form,
    render_form,
)
from verifier.model.text import Shown, sanitise

Dice = Callable[[int], bytes]
"""Returns so many bytes that nobody can foretell."""

_OTHERWISE: Final = "Use another copy, or let the others repair your share."

_TOKEN: Final = Shown("token")
_FIDO: Final = Shown("FIDO2 token")


@dataclass(frozen=True, slots=True, kw_only=True)
class Factors:
    """What opens a share: two things by default."""

    passphrase: AskSecret | None
    token: SecondFactor | None
    # How hard guesses are made: scrypt's n, 2^14 to 2^20. What is opened says its own.
    n: int = USUAL_N
    # What was stretched before: it takes a while, and opens no more than the share that is in memory, too.
    _stretched: dict[Stretching, Secret] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.passphrase is None and self.token is None:
            raise ValueError("a share is never kept open")

    @property
    def is_single(self) -> bool:
        """Whether one thing alone opens the share, which every screen says."""
        return self.passphrase is None or self.token is None

    def describe(self) -> Shown:
        return _said(self.passphrase is not None, self.token.kind if self.token else None)


def prepare_factors(factors: Factors, *, holder: int, dice: Dice) -> None:
    """Let whoever is there do now what sealing will need, so that a share can be sealed later without anybody.

    :raises KeyHolderError: the token cannot be used.
    """
    if factors.passphrase is not None:
        _stretched_for(
            factors, _new_stretching(factors, dice), Shown(f"Passphrase for the share of holder {holder}")
        ).wipe()
    if factors.token is not None:
        factors.token.prepare()


def describe_head(head: ShareHead) -> Shown:
    """Return what opens a share's file, as `Factors.describe` says it."""
    if head.recovery:
        return Shown("a backup, for its recovery key")
    kind = _FIDO if isinstance(head.token, FidoPart) else _TOKEN
    return _said(head.stretching is not None, kind if head.token else None)


def _said(has_passphrase: bool, token: Shown | None) -> Shown:
    if has_passphrase and token is not None:
        return Shown(f"passphrase and {token}")
    return Shown(f"ONE FACTOR ONLY: a {token or 'passphrase'}")


def seal_share(share: Share, factors: Factors, *, dice: Dice) -> bytes:
    """Return a share as the content of its file.

    :raises KeyHolderError: the token cannot be used, or no passphrase is given.
    """
    charter = share.key.charter
    head = ShareHead(group=charter.group, epoch=charter.epoch, holder=share.index)
    return _seal(write_share(share), head, factors, dice=dice)


def seal_pending(pending: PendingShare, index: int, factors: Factors, *, dice: Dice) -> bytes:
    """Return a share that is not in use yet as the content of its file. A member that only deals, and leaves, has one
    without a share in it.
    """
    charter = pending.key.charter
    head = ShareHead(group=charter.group, epoch=charter.epoch, holder=index)
    return _seal(write_pending(pending), head, factors, dice=dice)


def encrypt_content(content: bytes, head: ShareHead, parts: Sequence[Secret], *, dice: Dice) -> ShareForm:
    """Return what is secret sealed under all parts of a key; the parts are wiped."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = dice(12)
    with _key_of(parts, head) as key, keep_out_of_traces():
        sealed = AESGCM(key.reveal()).encrypt(nonce, content, head.authenticated)
    return ShareForm(head=head, nonce=nonce, sealed=sealed)


def read_share_head(path: Path) -> ShareHead:
    """Return what a file says of itself; it is not opened.

    :raises KeyFileUnusable: it is missing, or open to others.
    :raises ShareUnusable: it is no share's file.
    """
    return _read_form(path).head


def open_share(path: Path, factors: Factors, *, present: int) -> Share:
    """Return the share in a file.

    :param present: the epoch that the group is in
    :raises KeyFileUnusable: the file is missing, or open to others.
    :raises ShareUnusable: it is no share's file, was changed, or something else opens it.
    :raises ShareOutdated: it is of another epoch. Nothing is asked for.
    :raises PassphraseWrong: the passphrase or the PIN is wrong, or the file was changed.
    :raises KeyHolderError: the token cannot be used.
    """
    form = _read_form(path)
    with _open(form, path, factors, present=present) as opened:
        return share_of(opened, form.head, path)


def open_pending(path: Path, factors: Factors, *, present: int) -> PendingShare:
    """Return the share in a file that waits for its certificate; errors are those of `open_share`."""
    form = _read_form(path)
    with _open(form, path, factors, present=present) as opened:
        try:
            pending = read_pending(opened.reveal())
        except BodyMalformed:
            pending = None
    if pending is None or pending.key.charter.epoch != form.head.epoch:
        raise ShareUnusable(path=str(path), why="what is sealed in it is no such share", advice=_OTHERWISE)
    return pending


def share_of(opened: Secret, head: ShareHead, path: Path) -> Share:
    """Return the share that was sealed.

    :raises ShareUnusable: it is not the share that its head says.
    """
    try:
        share = read_share(opened.reveal())
    except BodyMalformed:
        share = None
    if share is None:
        raise ShareUnusable(path=str(path), why="what is sealed in it is no share", advice=_OTHERWISE)
    charter = share.key.charter
    if (charter.group, charter.epoch, share.index) != (head.group, head.epoch, head.holder):
        raise ShareUnusable(path=str(path), why="what is sealed in it is another share", advice=_OTHERWISE)
    return share


def decrypt_content(form: ShareForm, parts: Sequence[Secret]) -> Secret | None:
    """Return what is sealed, or None where these parts do not open it. The parts are wiped."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        with _key_of(parts, form.head) as key, keep_out_of_traces():
            return Secret(AESGCM(key.reveal()).decrypt(form.nonce, form.sealed, form.head.authenticated))
    except InvalidTag:
        return None


def parse_share(content: bytes, path: Path) -> ShareForm:
    """:raises ShareUnusable: it is no share's file."""
    try:
        return parse_form(content)
    except UnfitError as exc:
        raise ShareUnusable(path=str(path), why=str(exc), advice="Choose the right file.") from exc


def _seal(content: bytes, head: ShareHead, factors: Factors, *, dice: Dice) -> bytes:
    stretching = _new_stretching(factors, dice) if factors.passphrase else None
    parts: list[Secret] = []
    token = None
    if factors.token is not None:
        token, agreed = factors.token.agree_anew()
        parts.append(agreed)
    head = replace(head, stretching=stretching, token=token)
    if stretching is not None:
        what = Shown(f"Passphrase for the share of holder {head.holder}")
        parts.insert(0, _stretched_for(factors, stretching, what))
    return render_form(encrypt_content(content, head, parts, dice=dice))


def _new_stretching(factors: Factors, dice: Dice) -> Stretching:
    """Return how to stretch for a new file: as before, where that was as hard as it should be."""
    known = (how for how in factors._stretched if how.n == factors.n)  # noqa: SLF001 - its own
    return next(known, None) or Stretching(n=factors.n, salt=dice(32))


def _stretched_for(factors: Factors, how: Stretching, what: Shown) -> Secret:
    """Return a stretched passphrase, for whoever wipes it."""
    known = factors._stretched  # noqa: SLF001 - its own
    if how not in known and factors.passphrase is not None:
        with factors.passphrase(what) as passphrase:
            known[how] = _stretch(passphrase, how)
    return Secret(known[how].reveal())


def _open(form: ShareForm, path: Path, factors: Factors, *, present: int) -> Secret:
    head = form.head
    if head.epoch < present:
        raise ShareOutdated(path=str(path), epoch=head.epoch, present=present)
    _require_same_factors(path, head, factors)
    parts: list[Secret] = []
    if head.stretching is not None and factors.passphrase is not None:
        what = Shown(f"Passphrase of the share of holder {head.holder}")
        parts.append(_stretched_for(factors, head.stretching, what))
    if head.token is not None and factors.token is not None:
        parts.append(factors.token.agree_with(head.token))
    opened = decrypt_content(form, parts)
    if opened is None:
        if head.stretching is not None:
            factors._stretched.pop(head.stretching, None)  # noqa: SLF001 - its own
        named = sanitise(path.name, most=60)
        raise PassphraseWrong(holder=f"{named} (or the token is another, or the file was changed)")
    if head.token is not None and factors.token is not None:
        factors.token.settle(head.token)
    return opened


def _read_form(path: Path) -> ShareForm:
    return parse_share(read_key_file(path, MOST_BYTES), path)


def _require_same_factors(path: Path, head: ShareHead, factors: Factors) -> None:
    """:raises ShareUnusable: other things open it than are at hand."""
    wanted = describe_head(head)
    is_other = head.token and factors.token and not factors.token.fits(head.token)
    needed, given = (head.stretching, head.token), (factors.passphrase, factors.token)
    if is_other or [each is None for each in needed] != [each is None for each in given]:
        raise ShareUnusable(
            path=str(path),
            why=f"what opens it is {wanted}, and what is at hand is {factors.describe()}",
            advice="Say --token for a token, and --one-factor only where one factor is meant.",
        )


def _stretch(passphrase: Secret, how: Stretching) -> Secret:
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    with keep_out_of_traces():
        return Secret(Scrypt(salt=how.salt, length=32, n=how.n, r=8, p=1).derive(passphrase.reveal()))


def _key_of(parts: Sequence[Secret], head: ShareHead) -> Secret:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    info = hashlib.sha256(head.authenticated).digest()
    with keep_out_of_traces():
        joined = b"".join(bytes([len(part.reveal())]) + part.reveal() for part in parts)
        key = Secret(HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(joined))
    for part in parts:
        part.wipe()
    return key
