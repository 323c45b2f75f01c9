"""What a thief does with what it has got: shares put together, a signature made alone, secrets of its own program."""

from __future__ import annotations

from collections.abc import Mapping

from tests.frost_core.party import dice, pen, transport_key
from verifier.frost import hashes, relay
from verifier.frost.assembly import Assembly, assemble
from verifier.frost.charter import Index
from verifier.frost.curve import ORDER, to_bytes
from verifier.frost.dealer_secrets import DealerSecrets
from verifier.frost.dealing_messages import Call
from verifier.frost.polynomial import weight
from verifier.frost.scalar import SecretScalar
from verifier.frost.shares import GroupKey, Share


def put_together(shares: Mapping[int, SecretScalar]) -> SecretScalar:
    """Return what some shares make together: the key, if they are enough of one polynomial."""
    indexes = [Index(index) for index in shares]
    total: SecretScalar | None = None
    for index, share in shares.items():
        part = share.times(weight(Index(index), indexes))
        total = part if total is None else total.plus(part)
    assert total is not None
    return total


def sign_alone(key: SecretScalar, digest: bytes) -> bytes:
    """Return R and z, 65 bytes, by whoever has a whole key."""
    nonce = 4711
    r, point = SecretScalar(to_bytes(nonce)).point(), key.point()
    secret = int.from_bytes(key.reveal(), "big")
    return r + to_bytes((nonce + hashes.challenge(r + point + digest) * secret) % ORDER)


def assembly_of(call: Call, name: bytes, known: GroupKey | None = None) -> Assembly:
    """Return a dealing of this session, as its members see it."""
    raw = relay.start_dealing(call, pen(0), session=name, known=known).sent[0].raw
    found = assemble(raw, group=call.charter.group, coordinator=transport_key(0), known=known)
    assert isinstance(found, Assembly)
    return found


def secrets_in(assembly: Assembly, index: int, held: Share | None = None) -> DealerSecrets:
    """Return what `run_dealing` lets a member roll, which is its own to know."""
    name = assembly.envelope.session
    return DealerSecrets.make(assembly, pen(index), held, dice("dealing", name, index))
