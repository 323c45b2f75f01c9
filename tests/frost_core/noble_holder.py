"""Holders whose arithmetic is noble's: they speak our envelopes, and compute nothing of FROST themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tests.frost_core.noble_peer import Noble, committed_for, key_for
from tests.frost_core.party import dice, pen
from verifier.frost.assembly import Assembly, pair_key_of
from verifier.frost.charter import COORDINATOR, Index, Pen
from verifier.frost.dealing_messages import Confirmation, Offer, SubShares
from verifier.frost.envelope import Envelope, Place, hash_of_list, open_envelope, seal
from verifier.frost.messages import Body, Kind
from verifier.frost.quoting import occasion_of
from verifier.frost.rfc9591 import Occasion
from verifier.frost.scalar import SecretScalar
from verifier.frost.sealing import Way, seal_value, unseal_value
from verifier.frost.shares import GroupKey
from verifier.frost.signing_messages import Commitment, SignatureShare
from verifier.frost.turn import Outgoing


@dataclass(slots=True, kw_only=True)
class NobleDealer:
    """A member of a dealing by noble."""

    noble: Noble
    assembly: Assembly
    index: Index
    pairs: Mapping[Index, SecretScalar]
    held: int = 0
    heard: dict[Kind, dict[Index, Envelope]] = field(
        default_factory=lambda: {Kind.OFFER: {}, Kind.SUB_SHARES: {}}
    )
    # What noble has at the end: commitments, verifying shares, share.
    made: Any = None
    # What noble said no to.
    refused: str = ""

    @classmethod
    def join(
        cls, noble: Noble, assembly: Assembly, index: Index, *, part: str = ""
    ) -> tuple[NobleDealer, list[Outgoing]]:
        """:param part: what it deals, 32 bytes in hex: its share of the key as it is, as often as it counts"""
        pairs = {
            one: SecretScalar(dice("pair", assembly.envelope.session, index, one))
            for one in assembly.counterparts(index)
        }
        self = cls(noble=noble, assembly=assembly, index=index, pairs=pairs)
        charter = assembly.call.charter
        first = noble.ask(
            "deal",
            {
                "index": index,
                "min": charter.threshold,
                "max": len(charter.holders),
                "dice": dice("noble", assembly.envelope.session, index, length=48 * 30).hex(),
                "part": part,
            },
        )
        self.held = first["held"]
        offer = Offer(
            commitments=tuple(map(bytes.fromhex, first["commitments"])),
            proof=bytes.fromhex(first["proof"]),
            pair_keys=tuple((one, pair.point()) for one, pair in pairs.items()),
        )
        return self, self._say(Kind.OFFER, offer, seen=assembly.envelope.hash)

    def receive(self, raw: bytes) -> list[Outgoing]:
        envelope = open_envelope(raw, self.assembly.place)
        assert isinstance(envelope, Envelope)
        if envelope.kind not in self.heard:
            return []
        said = self.heard[envelope.kind]
        said[envelope.sender] = envelope
        if len(said) < len(self.assembly.members):
            return []
        return self._deal() if envelope.kind is Kind.OFFER else self._finish()

    def _others(self) -> list[dict[str, Any]]:
        found = []
        for index, envelope in self.heard[Kind.OFFER].items():
            body: Any = envelope.body
            if index != self.index:
                points = [point.hex() for point in body.commitments]
                found.append({"index": index, "commitments": points, "proof": body.proof.hex()})
        return found

    def _deal(self) -> list[Outgoing]:
        values = self.noble.ask_raw("values", {"held": self.held, "others": self._others()})
        if "refused" in values:
            self.refused = values["refused"]
            return []
        offers, sealed = self.heard[Kind.OFFER], []
        for one in self.assembly.receivers:
            if one != self.index:
                way = Way.of(self.assembly.envelope, Kind.SUB_SHARES, self.index, one)
                value = SecretScalar(bytes.fromhex(values[str(one)]))
                sealed.append(
                    (one, seal_value(value, way, self.pairs[one], pair_key_of(offers[one], self.index)))
                )
        return self._say(
            Kind.SUB_SHARES, SubShares(sealed=tuple(sealed)), seen=hash_of_list([*offers.values()])
        )

    def _finish(self) -> list[Outgoing]:
        offers, dealt, values = self.heard[Kind.OFFER], self.heard[Kind.SUB_SHARES], {}
        for one, envelope in dealt.items():
            body: Any = envelope.body
            if one != self.index:
                way = Way.of(self.assembly.envelope, Kind.SUB_SHARES, one, self.index)
                sealed = dict(body.sealed)[self.index]
                value = unseal_value(sealed, way, self.pairs[one], pair_key_of(offers[one], self.index))
                values[str(one)] = value.reveal().hex() if value else "00" * 32
        self.made = self.noble.ask_raw(
            "finish", {"held": self.held, "others": self._others(), "values": values}
        )
        if "refused" in self.made:
            self.refused = self.made["refused"]
            return []
        seen = hash_of_list([*offers.values(), *dealt.values()])
        return self._say(Kind.CONFIRMATION, Confirmation(), seen=seen)

    def _say(self, kind: Kind, body: Body, *, seen: bytes) -> list[Outgoing]:
        raw = seal(pen(self.index), self.assembly.place, kind, body, digest=self.assembly.matter, seen=seen)
        sent = [Outgoing(to=(COORDINATOR,), raw=raw)]
        return sent + (self.receive(raw) if kind in self.heard else [])


@dataclass(slots=True, kw_only=True)
class NobleSigner:
    """A holder by noble while its group signs; it agrees to everything."""

    noble: Noble
    key: GroupKey
    index: Index
    share: str
    place: Place
    invitation: Envelope | None = None
    held: int = 0

    @property
    def pen(self) -> Pen:
        return pen(self.index)

    def receive(self, raw: bytes) -> list[Outgoing]:
        envelope = open_envelope(raw, self.place)
        assert isinstance(envelope, Envelope)
        match envelope.kind:
            case Kind.INVITATION:
                self.invitation = envelope
                rolled = dice("noble nonces", envelope.session, self.index, length=64)
                made = self.noble.ask(
                    "commit", {"index": self.index, "share": self.share, "dice": rolled.hex()}
                )
                self.held = made["held"]
                points = {name: bytes.fromhex(made[name]) for name in ("hiding", "binding")}
                return self._say(envelope, Kind.COMMITMENT, Commitment(**points), seen=envelope.hash)
            case Kind.PACKAGE:
                assert self.invitation is not None
                place = replace(self.place, session=envelope.session)
                occasion = occasion_of(envelope, self.invitation, place, self.key)
                assert isinstance(occasion, Occasion)
                asked = {
                    "index": self.index,
                    "share": self.share,
                    "key": key_for(self.key),
                    "held": self.held,
                    "committed": committed_for(occasion.committed),
                    "message": envelope.digest.hex(),
                }
                z = bytes.fromhex(self.noble.ask("answer", asked))
                return self._say(envelope, Kind.SIGNATURE_SHARE, SignatureShare(z=z), seen=envelope.hash)
            case _:
                return []

    def _say(self, like: Envelope, kind: Kind, body: Body, *, seen: bytes) -> list[Outgoing]:
        place = replace(self.place, session=like.session)
        raw = seal(self.pen, place, kind, body, digest=like.digest, seen=seen)
        return [Outgoing(to=(COORDINATOR,), raw=raw)]
