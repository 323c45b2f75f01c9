"""Who wrote a commit, read from its own bytes: whoever could be meant by any of it counts."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Final

from verifier.deploy.gate.ssh import SshSignature, read_ssh_signature
from verifier.model.text import Foreign

_EMAIL: Final = re.compile(rb"<([^<>\n]*)>")
_TRAILER: Final = re.compile(rb"(?im)^[ \t]*co-(?:authored|developed)-by[ \t]*:[ \t]*(.*)$")
_ARMOUR: Final = re.compile(
    rb"-----BEGIN PGP SIGNATURE-----\n(?:[^\n]+: [^\n]*\n)*\n?(.*?)\n(?:=[^\n]*\n)?-----END", re.DOTALL
)
# A signature's subpacket with the fingerprint of its key, of OpenPGP version 4 and 6.
_ISSUER: Final = re.compile(rb"\x16\x21\x04(.{20})|\x22\x21\x06(.{32})", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """One commit, as its bytes have it."""

    name: str
    parents: tuple[str, ...]
    # Every address of its authors and of its co-authors' trailers; a trailer without one stands here whole.
    author_emails: tuple[Foreign, ...]
    committer_emails: tuple[Foreign, ...]
    # Fingerprints of the keys that its signature says it is by; nobody has verified them.
    signers: tuple[str, ...]
    # By an SSH key, whose signature can be verified here.
    ssh: SshSignature | None


def read_commit(name: str, content: bytes) -> Commit:
    """Return what a commit's bytes say. Nothing in them makes it fail: what is odd names nobody that is known."""
    head, _, message = content.partition(b"\n\n")
    headers = _headers(head)
    signatures = [value for field, value in headers if field in (b"gpgsig", b"gpgsig-sha256")]
    ssh = next(filter(None, map(read_ssh_signature, signatures)), None)
    trailers = _TRAILER.findall(message)
    signers = [each for signature in signatures for each in _gpg_fingerprints(signature)]
    return Commit(
        name=name,
        parents=tuple(value.decode("ascii", "replace") for field, value in headers if field == b"parent"),
        author_emails=(
            *(email for field, value in headers if field == b"author" for email in _emails(value)),
            *(email for trailer in trailers for email in _emails(trailer)),
        ),
        committer_emails=tuple(
            email for field, value in headers if field == b"committer" for email in _emails(value)
        ),
        signers=(*signers, *([ssh.fingerprint] if ssh else [])),
        ssh=ssh,
    )


def signed_bytes(content: bytes) -> bytes:
    """Return what a commit's signature is over: the commit without the signature."""
    head, gap, message = content.partition(b"\n\n")
    kept: list[bytes] = []
    is_signature = False
    for line in head.split(b"\n"):
        is_signature = line.startswith((b"gpgsig ", b"gpgsig-sha256 ")) or (
            is_signature and line.startswith(b" ")
        )
        if not is_signature:
            kept.append(line)
    return b"\n".join(kept) + gap + message


def _headers(head: bytes) -> list[tuple[bytes, bytes]]:
    """Return the fields of a commit's head; lines that begin with a space go on with the one before."""
    found: list[tuple[bytes, bytes]] = []
    for line in head.split(b"\n"):
        if line.startswith(b" ") and found:
            field, value = found[-1]
            found[-1] = (field, value + b"\n" + line[1:])
        else:
            field, _, value = line.partition(b" ")
            found.append((field, value))
    return found


def _emails(value: bytes) -> list[str]:
    """Return every address in a line; the line itself where it has none, which is nobody's address."""
    found = [each.strip() for each in _EMAIL.findall(value)] or [value.strip()]
    return [each.decode("utf-8", "backslashreplace") for each in found]


def _gpg_fingerprints(signature: bytes) -> list[str]:
    found: list[str] = []
    for body in _ARMOUR.findall(signature + b"\n"):
        try:
            packet = base64.b64decode(body.replace(b"\n", b""), validate=True)
        except (binascii.Error, ValueError):
            continue
        found += [(four or six).hex().upper() for four, six in _ISSUER.findall(packet)]
    return found
