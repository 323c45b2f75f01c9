"""What strangers and foul coordinators send to a holder: each fault is named, and the next session is answered."""

from __future__ import annotations

import hashlib
import http.client
import queue
import secrets
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.holders.company import PATIENCE, Company, Sitting
from verifier.courier.certificates import make_certificate, make_context
from verifier.courier.https_client import HttpsLine, LineNews
from verifier.courier.parcel import MOST_BYTES, pack_parcel, unpack_parcel
from verifier.errors import ParcelMalformed
from verifier.frost import curve
from verifier.frost.charter import COORDINATOR, Index, Pen
from verifier.frost.envelope import MOST_ENVELOPE, Place, seal
from verifier.frost.messages import Kind
from verifier.frost.signing_messages import Decline, Invitation, Package
from verifier.store.holder_folder import HolderFolder


@dataclass(slots=True)
class Desk:
    """A coordinator's key in foul hands, and a line to holder 1."""

    company: Company
    holder: Sitting
    pen: Pen
    line: HttpsLine
    came: queue.SimpleQueue[LineNews] = field(default_factory=queue.SimpleQueue)

    def place(
        self, *, session: bytes | None = None, epoch: int | None = None, group: bytes | None = None
    ) -> Place:
        known = self.company.group
        return Place(
            group=group or known.group,
            epoch=epoch or known.epoch,
            session=session or secrets.token_bytes(32),
            keys={},
            is_signed=curve.is_signed,
        )

    def invitation(self, place: Place | None = None, *, pen: Pen | None = None) -> bytes:
        place = place or self.place()
        # Of each session another one: what is about the same takes the place of a question that still waits.
        digest = hashlib.sha256(place.session or b"").digest()
        return seal(pen or self.pen, place, Kind.INVITATION, Invitation(request=b"x"), digest=digest)

    def require_answered(self) -> None:
        """Ask something in a new session, and wait for its answer: here always no, for want of a vault."""
        raw = self.invitation()
        self.line.post(raw)
        while True:
            news = self.came.get(timeout=PATIENCE)
            if news.raw is not None and news.raw[40:72] == raw[40:72]:
                assert news.raw[73] == Kind.DECLINE
                return


@pytest.fixture(scope="module")
def desk(lent: Company) -> Iterator[Desk]:
    folder, victim = HolderFolder(lent.desk), lent.group.holders[0]
    context = make_context(folder.tls_key, folder.certificate, pinned=victim.certificate, is_server=False)
    with lent.present(1):
        holder = lent.running[1]
        assert isinstance(holder, Sitting)
        pen = Pen(index=COORDINATOR, sign=folder.read_transport().sign)
        came: queue.SimpleQueue[LineNews] = queue.SimpleQueue()
        line = HttpsLine(str(victim.address), context, pinned=victim.certificate, tell=came.put)
        yield Desk(company=lent, holder=holder, pen=pen, line=line, came=came)
        line.close()


def changed(raw: bytes, at: int, value: int) -> bytes:
    return raw[:at] + bytes([value]) + raw[at + 1 :]


FAULTS = {
    "no envelope": "it is no envelope",
    "too short": "it is too long or too short",
    "version": "its version is another",
    "group": "it is of another group",
    "epoch": "it is of another epoch",
    "sender": "its sender has no part in this",
    "kind": "what it says is not its sender's to say",
    "signature": "its signature is not its sender's",
    "another's key": "its signature is not its sender's",
    "order": "it is of another session",
    "length": "it is too long or too short",
}


def hostile(desk: Desk, name: str) -> bytes:
    raw, place = desk.invitation(), desk.place()
    stranger = HolderFolder(desk.company.chairs[2].folder).read_transport()
    match name:
        case "no envelope":
            return b"4SX" + raw[3:]
        case "too short":
            return raw[:100]
        case "version":
            return changed(raw, 3, 2)
        case "group":
            return desk.invitation(desk.place(group=bytes(32)))
        case "epoch":
            return desk.invitation(desk.place(epoch=7))
        case "sender":
            return changed(raw, 72, 9)
        case "kind":
            body = Decline(declined_because="no")
            foul = Pen(index=Index(3), sign=stranger.sign)
            said = seal(foul, place, Kind.DECLINE, body, digest=bytes(32))
            return changed(said, 73, Kind.INVITATION)
        case "signature":
            return changed(raw, len(raw) - 1, raw[-1] ^ 1)
        case "another's key":
            return desk.invitation(pen=Pen(index=COORDINATOR, sign=stranger.sign))
        case "order":
            return seal(desk.pen, place, Kind.PACKAGE, Package(commitments=()), digest=bytes(32))
        case "length":
            return changed(raw, 141, raw[141] ^ 3)
        case _:
            raise AssertionError(name)


@pytest.mark.parametrize("name", FAULTS)
def test_take__hostile_envelope__named_and_the_next_session_goes_on(desk: Desk, name: str) -> None:
    before = len(desk.holder.lines)
    desk.line.post(hostile(desk, name))
    desk.require_answered()
    said = [line for line in desk.holder.lines[before:] if "is refused" in line]
    assert any(FAULTS[name] in line for line in said), (name, said)


def test_take__the_same_words_twice__the_same_answer_and_no_second_question(desk: Desk) -> None:
    raw = desk.invitation()
    before = desk.holder.text.count("Answered no")
    desk.line.post(raw)
    desk.line.post(raw)
    desk.require_answered()
    desk.line.post(raw)
    desk.require_answered()
    answered = desk.holder.text.count("Answered no") - before
    assert answered == 3, "one for the first, and one for each question of the test itself"


def test_take__other_words_in_one_session__the_coordinator_is_proven_a_liar(desk: Desk) -> None:
    place = desk.place()
    first = seal(desk.pen, place, Kind.INVITATION, Invitation(request=b"one"), digest=bytes(32))
    second = seal(desk.pen, place, Kind.INVITATION, Invitation(request=b"two"), digest=bytes(32))
    desk.line.post(first)
    desk.line.post(second)
    desk.holder.wait_for("The coordinator said two things in one place; 2 signed messages prove it.")
    desk.require_answered()


# --------------------------------------------------------------------------------------------------------- the wire


def address_of(desk: Desk) -> tuple[str, int]:
    host, _, port = desk.company.group.holders[0].address.removeprefix("https://").rpartition(":")
    return host, int(port)


def test_connect__certificate_of_another__no_answer(desk: Desk, tmp_path: Path) -> None:
    key, certificate = make_certificate(7)
    (tmp_path / "key").write_bytes(key)
    (tmp_path / "certificate").write_bytes(certificate)
    pinned = desk.company.group.holders[0].certificate
    for shown in (("key", "certificate"), None):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.load_verify_locations(cadata=ssl.DER_cert_to_PEM_cert(pinned))
        if shown:
            context.load_cert_chain(tmp_path / shown[1], tmp_path / shown[0])
        connection = http.client.HTTPSConnection(*address_of(desk), timeout=PATIENCE, context=context)
        with pytest.raises((OSError, http.client.HTTPException)):
            _exchange_nothing(connection)
        connection.close()
    desk.require_answered()


def _exchange_nothing(connection: http.client.HTTPSConnection) -> None:
    connection.request("POST", "/exchange", pack_parcel(()), {"Seen": "0", "Patience": "0"})
    connection.getresponse()


def test_line__holder_does_not_take_a_parcel__said_once_and_the_next_is_sent(desk: Desk) -> None:
    desk.line.post(bytes(MOST_ENVELOPE + 1))
    news = desk.came.get(timeout=PATIENCE)
    assert (news.raw, news.trouble) == (None, "it answered with status 422")
    desk.require_answered()


def test_connect__without_tls_or_with_silence__others_are_served_all_the_same(desk: Desk) -> None:
    with (
        socket.create_connection(address_of(desk)) as silent,
        socket.create_connection(address_of(desk)) as plain,
    ):
        plain.sendall(b"POST /exchange HTTP/1.1\r\nContent-Length: 0\r\n\r\n")
        desk.require_answered()
        assert silent.fileno() >= 0


def test_line__holder_shows_another_certificate__nothing_is_sent(desk: Desk) -> None:
    folder = HolderFolder(desk.company.desk)
    other = desk.company.group.holders[1].certificate
    context = make_context(folder.tls_key, folder.certificate, pinned=other, is_server=False)
    came: queue.SimpleQueue[LineNews] = queue.SimpleQueue()
    line = HttpsLine(str(desk.company.group.holders[0].address), context, pinned=other, tell=came.put)
    line.post(desk.invitation())
    news = came.get(timeout=PATIENCE)
    line.close()
    assert news.raw is None
    assert "certificate" in news.trouble.lower()


@pytest.mark.parametrize(
    ("path", "headers", "body", "status"),
    [
        ("/exchange", {"Seen": "0", "Patience": "0"}, b"4SFQ\1\0\0", 422),
        ("/exchange", {"Seen": "0", "Patience": "0"}, b"4SFP\2\0\0", 422),
        ("/exchange", {"Seen": "0", "Patience": "0"}, b"4SFP\1\0\1\xff\xff\xff\xff", 422),
        ("/exchange", {"Seen": "-1", "Patience": "0"}, pack_parcel(()), 400),
        ("/exchange", {"Patience": "0"}, pack_parcel(()), 400),
        ("/other", {"Seen": "0", "Patience": "0"}, pack_parcel(()), 400),
        ("/exchange", {"Seen": "0", "Patience": "0", "Content-Length": str(MOST_BYTES + 1)}, b"", 400),
    ],
)
def test_exchange__no_sense_in_it__a_status_and_nothing_else(
    desk: Desk, path: str, headers: dict[str, str], body: bytes, status: int
) -> None:
    folder, pinned = HolderFolder(desk.company.desk), desk.company.group.holders[0].certificate
    context = make_context(folder.tls_key, folder.certificate, pinned=pinned, is_server=False)
    connection = http.client.HTTPSConnection(*address_of(desk), timeout=PATIENCE, context=context)
    connection.request("POST", path, body, headers)
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (status, b"")
    connection.close()


def test_parcel__what_was_packed__comes_out_and_nothing_else_does() -> None:
    envelopes = (b"one", b"", bytes(60_000))
    packed = pack_parcel(envelopes)
    assert unpack_parcel(packed, origin="a test") == envelopes
    for wrong in (packed[:-1], packed + b"x", packed[:5] + b"\xff\xff" + packed[7:], b"", b"4SFP"):
        with pytest.raises(ParcelMalformed):
            unpack_parcel(wrong, origin="a test")
