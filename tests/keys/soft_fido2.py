"""A FIDO2 token in software, as a process of its own: real CTAP 2 in real CTAPHID packets, over a socket.

    with plugged_in() as token:
        point_library_at([str(token.path)])
        token.change(touch="never")

The library reads and writes its packets as it would on Linux (`/dev/hidraw`): only where it looks for tokens, and how
it opens one, is pointed here. A process finds the tokens of the variable SOFT_FIDO2 if `fido_backend` is on its path.

What a test tells the token goes through CTAPHID's command for makers' own uses.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import select
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from fido2 import hid
from fido2.ctap2.base import Ctap2
from fido2.ctap2.pin import ClientPin
from fido2.hid.base import HidDescriptor
from fido2.hid.linux import LinuxCtapHidConnection

from tests.keys.soft_ctap import OPERATION_DENIED, Authenticator, Manners, Refused

PIN: Final = "739146"
BACKEND: Final = Path(__file__).parent / "fido_backend"
VARIABLE: Final = "SOFT_FIDO2"
_ROOT: Final = Path(__file__).parents[2]
_SIZE: Final = 64
_BROADCAST: Final = 0xFFFFFFFF
_INIT, _CBOR, _ERROR, _KEEPALIVE, _OWN = 0x06, 0x10, 0x3F, 0x3B, 0x40
_LATE, _CANCELLED = 0x2F, 0x2D
_BEAT: Final = 0.02


class Line:
    """One opening of a token: packets in and out."""

    def __init__(self, wire: socket.socket, token: Authenticator, path: Path) -> None:
        self._wire, self._token, self._path = wire, token, path
        self._channel = _BROADCAST

    def serve(self) -> None:
        with self._wire, contextlib.suppress(ConnectionError):
            while (found := self._read()) is not None:
                command, content = found
                match command:
                    case 0x06:
                        self._channel = int.from_bytes(os.urandom(4), "big") & 0x7FFFFFFF
                        said = content + struct.pack(">IBBBBB", self._channel, 2, 1, 0, 0, self._capabilities)
                        self._send(_INIT, said, channel=_BROADCAST)
                    case 0x10:
                        self._answer(content)
                    case 0x40:
                        self._send(_OWN, self._told(json.loads(content)))
                    case 0x11:
                        pass
                    case _:
                        self._send(_ERROR, b"\x01")

    @property
    def _capabilities(self) -> int:
        return 0x04 if self._token.manners.speaks else 0

    def _answer(self, content: bytes) -> None:
        lies = self._token.lies
        if lies("says nothing"):
            return
        if lies("is at it for ever"):
            while True:
                self._send(_KEEPALIVE, b"\x01")
        said = self._token.answer(content[0], content[1:], self._touch)
        if lies("no CBOR"):
            said = b"\0\xff\xff\xff"
        if lies("one byte is another"):
            at = secrets.randbelow(len(said))
            said = said[:at] + bytes([said[at] ^ (1 + secrets.randbelow(255))]) + said[at + 1 :]
        if lies("nothing"):
            said = b""
        if lies("other channel"):
            self._channel ^= 1
        self._send(_CBOR, said)

    def _touch(self) -> None:
        """Wait for a touch, and say so meanwhile; in which a cancel may come."""
        self._send(_KEEPALIVE, b"\x02")
        match self._token.manners.touch:
            case "given":
                self._token.touched += 1
            case "late":
                raise Refused(_LATE)
            case "refused":
                raise Refused(OPERATION_DENIED)
            case "pulled":
                self._path.unlink()
                raise ConnectionError
            case _:
                while not select.select([self._wire], [], [], _BEAT)[0]:
                    self._send(_KEEPALIVE, b"\x02")
                self._read()
                raise Refused(_CANCELLED)

    def _told(self, wanted: dict[str, Any]) -> bytes:
        if wanted.pop("replug", False):
            self._token.power_up()
        for name, value in wanted.items():
            setattr(self._token.manners, name, value)
        return json.dumps({"tried": self._token.tried, "touched": self._token.touched}).encode()

    def _read(self) -> tuple[int, bytes] | None:
        """Return a whole message, from one packet or several; None at the end."""
        packet = self._wire.recv(_SIZE + 1)
        if not packet:
            return None
        command, size = struct.unpack_from(">BH", packet, 5)
        content = packet[8:]
        while len(content) < size:
            content += self._wire.recv(_SIZE + 1)[6:]
        return command & 0x7F, content[:size]

    def _send(self, command: int, content: bytes, *, channel: int | None = None) -> None:
        name = self._channel if channel is None else channel
        first, rest = content[: _SIZE - 7], content[_SIZE - 7 :]
        self._wire.send(
            struct.pack(">IBH", name, command | 0x80, len(content)) + first.ljust(_SIZE - 7, b"\0")
        )
        for number, at in enumerate(range(0, len(rest), _SIZE - 5)):
            part = rest[at : at + _SIZE - 5].ljust(_SIZE - 5, b"\0")
            self._wire.send(struct.pack(">IB", name, number & 0x7F) + part)


def main(path: str, manners: str) -> None:
    """Be a token at a socket until the process is ended."""
    token = Authenticator(Manners(**json.loads(manners)))
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as door:
        door.bind(path)
        door.listen()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while True:
            wire, _ = door.accept()
            threading.Thread(target=Line(wire, token, Path(path)).serve, daemon=True).start()


# --- the other side: where the library finds it -----------------------------------------------------------------------


class SocketConnection(LinuxCtapHidConnection):
    """The library's own connection, except that what it opens is a socket."""

    def __init__(self, descriptor: HidDescriptor) -> None:
        self._wire = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            self._wire.connect(os.fsencode(descriptor.path))
        except OSError:
            self._wire.close()
            raise
        self.handle = self._wire.fileno()
        self.descriptor = descriptor

    def close(self) -> None:
        self._wire.close()


def point_library_at(paths: Sequence[str]) -> None:
    """Let the library find these tokens, and no others, until the process ends."""

    def list_descriptors() -> list[HidDescriptor]:
        there = [path for path in paths if Path(path).exists()]
        return [HidDescriptor(path, 0x1209, 0xF1D0, _SIZE, _SIZE, "Soft token", None) for path in there]

    hid.list_descriptors = list_descriptors
    hid.open_connection = SocketConnection


@dataclass(frozen=True, kw_only=True)
class SoftFido:
    """A token that is plugged in."""

    path: Path
    process: subprocess.Popen[str]

    def set_pin(self, pin: str = PIN) -> None:
        with self.open() as device:
            ClientPin(Ctap2(device)).set_pin(pin)

    def reset(self) -> None:
        """Let whoever has it at hand wipe it."""
        with self.open() as device:
            Ctap2(device).reset()

    def change(self, **wanted: Any) -> dict[str, int]:
        """Change its manners, and return how many PINs were tried and touches given so far."""
        with self.open() as device:
            found: dict[str, int] = json.loads(device.call(_OWN, json.dumps(wanted).encode()))
        return found

    @property
    def tried(self) -> int:
        return self.change()["tried"]

    @property
    def touched(self) -> int:
        return self.change()["touched"]

    def open(self) -> hid.CtapHidDevice:
        descriptor = HidDescriptor(str(self.path), 0x1209, 0xF1D0, _SIZE, _SIZE, "Soft token", None)
        return hid.CtapHidDevice(descriptor, SocketConnection(descriptor))


@contextlib.contextmanager
def plugged_in(*, pin: str | None = PIN, **manners: Any) -> Iterator[SoftFido]:
    """Give a token of one's own, in a process that ends with the context."""
    # Not in a test's folder: the name of a socket has to be short.
    folder = Path(tempfile.mkdtemp(prefix="fido-"))
    path = folder / "token"
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.keys.soft_fido2", str(path), json.dumps(asdict(Manners(**manners)))],
        env={**os.environ, "PYTHONPATH": str(_ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "ready\n"
        token = SoftFido(path=path, process=process)
        if pin is not None:
            token.set_pin(pin)
        yield token
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main(*sys.argv[1:])
