"""Killing a holder at any step of signings and refreshes, and what must hold all the time.

A coordinator that plays foul: it asks for a second answer from the same nonces, by a package with other commitments,
and after every kill it says again what it said before. `run_kills` is for a few dozen in every test run, and a few
hundred in `scripts/fuzz holders`.
"""

from __future__ import annotations

import hashlib
import queue
import random
import secrets
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.holders.company import PASSPHRASE, PATIENCE, Company
from tests.holders.forked import Forker
from verifier.courier.certificates import make_context
from verifier.courier.https_client import HttpsLine, LineNews
from verifier.frost import signer
from verifier.frost.charter import COORDINATOR, Index, Pen
from verifier.frost.coordinator import receive as take
from verifier.frost.coordinator import start_signing
from verifier.frost.messages import Kind
from verifier.frost.shares import Share
from verifier.frost.signing import Signing
from verifier.keys.secret import Secret
from verifier.keys.share_sealing import Factors, open_share
from verifier.store.ceremony_records import body_of, read_records
from verifier.store.group_file import key_of
from verifier.store.holder_folder import HolderFolder

VICTIM = 1


@dataclass(slots=True)
class Foul:
    """A coordinator with an honest second holder at hand, and one victim at the other end of a line."""

    company: Company
    line: HttpsLine
    came: queue.SimpleQueue[LineNews]
    pen: Pen
    other: Share
    other_pen: Pen
    # Envelopes of the victim's, each once.
    envelopes: set[bytes] = field(default_factory=set)

    @classmethod
    def against(cls, company: Company) -> Foul:
        desk = HolderFolder(company.desk)
        victim = company.group.holders[VICTIM - 1]
        context = make_context(desk.tls_key, desk.certificate, pinned=victim.certificate, is_server=False)
        came: queue.SimpleQueue[LineNews] = queue.SimpleQueue()
        second = company.chairs[VICTIM]
        factors = Factors(passphrase=lambda _: Secret(PASSPHRASE), token=None)
        transport = HolderFolder(second.folder).read_transport()
        return cls(
            company=company,
            line=HttpsLine(str(victim.address), context, pinned=victim.certificate, tell=came.put),
            came=came,
            pen=Pen(index=COORDINATOR, sign=desk.read_transport().sign),
            other=open_share(second.folder / "share.json", factors, present=1),
            other_pen=Pen(index=Index(VICTIM + 1), sign=transport.sign),
        )

    def open_session(self, words: str) -> tuple[Signing, Signing, bytes]:
        """Return a signing, with the honest holder's commitment taken, the same with another one of its commitments,
        and the invitation for the victim.
        """
        key = key_of(self.company.group)
        assert key is not None
        turn = start_signing(
            key,
            self.pen,
            digest=hashlib.sha256(words.encode()).digest(),
            request=words.encode(),
            session=secrets.token_bytes(32),
        )
        signing, invitation = turn.state, turn.sent[0].raw
        invited = signer.receive(signer.start_signer(self.other, self.other_pen), invitation)
        one, other = (
            take(signing, signer.consent(invited.state, signing.session, dice=dice).sent[0].raw).state
            for dice in (secrets.token_bytes(64), secrets.token_bytes(64))
        )
        return one, other, invitation

    def await_kind(self, kind: Kind, session: bytes) -> bytes:
        """Return the victim's envelope of a kind in a session, once it came."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            found = self.find(kind, session)
            if found:
                return found[0]
            self.collect(0.05)
        raise AssertionError(f"no {kind.name} came")

    def find(self, kind: Kind, session: bytes) -> list[bytes]:
        return [raw for raw in self.envelopes if raw[73] == kind and raw[40:72] == session]

    def collect(self, seconds: float) -> None:
        try:
            news = self.came.get(timeout=seconds)
            if news.raw is not None:
                self.envelopes.add(news.raw)
        except queue.Empty:
            pass


def run_kills(company: Company, forker: Forker, *, kills: int, seed: int) -> None:
    """Kill the victim at random steps of so many signings, and say everything twice."""
    dice = random.Random(seed)  # noqa: S311 - it decides when, and nothing that is secret
    foul = Foul.against(company)
    forker.start(VICTIM)
    try:
        for number in range(kills):
            _play(foul, forker, dice, f"signing {number} of {seed}")
            require_no_nonce_twice(foul, company)
        signing, _, invitation = foul.open_session("the end")
        foul.line.post(invitation)
        turn = take(signing, foul.await_kind(Kind.COMMITMENT, signing.session))
        foul.line.post(turn.sent[0].raw)
        foul.await_kind(Kind.SIGNATURE_SHARE, signing.session)
    finally:
        foul.line.close()


def _play(foul: Foul, forker: Forker, dice: random.Random, words: str) -> None:
    signing, other, invitation = foul.open_session(words)
    said = [invitation]
    foul.line.post(invitation)
    step = dice.randrange(5)
    if step:
        commitment = foul.await_kind(Kind.COMMITMENT, signing.session)
        if step > 1:
            said.append(take(signing, commitment).sent[0].raw)
            foul.line.post(said[-1])
        if step > 2:
            foul.await_kind(Kind.SIGNATURE_SHARE, signing.session)
        if step > 3:
            said.append(take(other, commitment).sent[0].raw)
            foul.line.post(said[-1])
            # What it says to something that came later comes after its answer, if it gives one.
            _await_probe(foul, f"between, {words}")
    # Wherever it is by then.
    time.sleep(dice.random() * 0.02)
    forker.kill(VICTIM)
    forker.start(VICTIM)
    for raw in said:
        foul.line.post(raw)
    _await_probe(foul, f"after {words}")


def _await_probe(foul: Foul, words: str) -> None:
    """Return once all is answered that was said before: what comes back for something new comes after it."""
    probe, _, asked = foul.open_session(f"probe {words}")
    foul.line.post(asked)
    foul.await_kind(Kind.COMMITMENT, probe.session)


def require_no_nonce_twice(foul: Foul, company: Company) -> None:
    """Hold everything that the victim ever said against the rule: one answer in a session, no nonce in two."""
    records = read_records(Path(company.chairs[VICTIM - 1].folder / "records.jsonl"))
    sent = {bytes.fromhex(str(body_of(one)["raw"])[2:]) for one in records if one.kind == "sent"}
    commitments: dict[bytes, set[bytes]] = {}
    shares: dict[bytes, set[bytes]] = {}
    for raw in sent | foul.envelopes:
        session, body = raw[40:72], raw[142:-64]
        if raw[73] == Kind.COMMITMENT:
            commitments.setdefault(session, set()).add(body)
        if raw[73] == Kind.SIGNATURE_SHARE:
            shares.setdefault(session, set()).add(body)
    assert all(len(bodies) == 1 for bodies in commitments.values()), "two commitments in one session"
    assert all(len(bodies) == 1 for bodies in shares.values()), "two shares in one session"
    points = [body[at : at + 33] for bodies in commitments.values() for body in bodies for at in (0, 33)]
    assert len(points) == len(set(points)), "one nonce in two sessions"
