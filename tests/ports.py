"""A port for whoever begins to listen later, and perhaps again and again, as a holder or a watcher does."""

from __future__ import annotations

import random
import socket
from collections import deque
from pathlib import Path
from typing import Final

_FIRST: Final = 10_240
_DICE: Final = random.SystemRandom()
_MARKS: deque[socket.socket] = deque()
"""What keeps the ports that were given last from other processes of the tests."""
_MOST_MARKS: Final = 128
_GIVEN: set[int] = set()


def free_port() -> int:
    """Return a port of this machine that nobody listens at.

    It is none of those that the system takes for whoever connects or asks for any: between two times that somebody
    listens at one of those, it may be gone. Tests that run beside these ask for ports here as well, so each that is
    given is marked by a socket of UDP, which is in nobody's way.
    """
    while True:
        port = _DICE.randrange(_FIRST, _first_of_the_system())
        if port in _GIVEN:
            continue
        mark = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            mark.bind(("127.0.0.1", port))
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(("127.0.0.1", port))
        except OSError:
            mark.close()
            continue
        _GIVEN.add(port)
        _MARKS.append(mark)
        if len(_MARKS) > _MOST_MARKS:
            _MARKS.popleft().close()
        return port


def _first_of_the_system() -> int:
    first = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    # A machine that gives all of them to itself leaves no choice.
    return first if first > 2 * _FIRST else 32_768
