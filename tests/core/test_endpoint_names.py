"""Endpoints by their names and addresses: what is one source however it is written, and what may be one."""

from __future__ import annotations

import socket
import threading
from typing import Final

import pytest

from verifier.chain.http import HttpTransport
from verifier.chain.whereabouts import Whereabouts, look_up
from verifier.errors import EndpointAddressMalformed, NumberOutOfRange
from verifier.model.endpoint_name import name_of_endpoint
from verifier.model.units import ChainId
from verifier.store.settings import ChainSettings, hosts_of

PATIENCE: Final = 300

ONE_SOURCE: Final = (
    "https://node.example",
    "https://NODE.example/key",
    "https://node.example:443/other",
    "https://node.example./third",
    "https://someone:secret@node.example",
    "http://node.example/",
)
BOOK: Final = {
    "one.example": frozenset({("192.0.2.1", 443), ("192.0.2.2", 443)}),
    "two.example": frozenset({("192.0.2.2", 443), ("192.0.2.3", 443)}),
    "three.example": frozenset({("192.0.2.9", 443)}),
    "gone.example": frozenset[tuple[str, int]](),
}


def look(host: str, _port: int) -> frozenset[tuple[str, int]]:
    return BOOK[host]


def test_name__of_one_host_written_in_many_ways__is_one() -> None:
    assert hosts_of(ONE_SOURCE) == ("node.example",)
    assert {HttpTransport(url).name for url in ONE_SOURCE} == {"node.example"}


@pytest.mark.parametrize(
    ("scheme", "host", "port", "name"),
    [
        ("https", "node.example", 8443, "node.example:8443"),
        ("https", "node.example", 80, "node.example:80"),
        ("http", "node.example", 443, "node.example:443"),
        ("http", "::1", 80, "[::1]"),
        ("http", "::1", 8545, "[::1]:8545"),
        ("http", "127.0.0.1", None, "127.0.0.1"),
    ],
)
def test_name__of_what_is_another_place__tells_it(
    scheme: str, host: str, port: int | None, name: str
) -> None:
    assert name_of_endpoint(scheme, host, port) == name


def test_chain_settings__one_address_twice__refused_and_its_key_not_told() -> None:
    for same in ("https://NODE.example:443/key", "https://node.example./key"):
        with pytest.raises(EndpointAddressMalformed, match="no second source") as refused:
            ChainSettings(chain_id=ChainId(1), endpoints=("https://node.example/key", same), quorum=1)
        assert "key" not in str(refused.value)
    # Another key at one host may be meant, as a spare; it counts once.
    two = ("https://node.example/key", "https://NODE.example/other")
    assert ChainSettings(chain_id=ChainId(1), endpoints=two, quorum=1).hosts == ("node.example",)
    with pytest.raises(NumberOutOfRange):
        ChainSettings(chain_id=ChainId(1), endpoints=two, quorum=2)


def test_shared__names_with_an_address_in_common__by_twos() -> None:
    places = Whereabouts([f"https://{host}/key" for host in BOOK], look=look)
    assert places.shared() == ()
    places.begin()
    assert places.shared(seconds=PATIENCE) == (("one.example", "two.example"),)


def test_shared__same_address_and_another_port__two_sources() -> None:
    urls = ["http://127.0.0.1:8545", "http://127.0.0.1:8546"]
    places = Whereabouts(urls)
    places.begin()
    assert places.shared(seconds=PATIENCE) == ()


def test_shared__names_of_this_machine__one_source() -> None:
    places = Whereabouts(["http://127.0.0.1:8545", "http://localhost:8545"])
    places.begin()
    assert places.shared(seconds=PATIENCE) == (("127.0.0.1:8545", "localhost:8545"),)


def test_shared__name_that_nobody_tells_in_time__left_out_and_not_waited_for() -> None:
    held = threading.Event()
    in_time: list[bool] = []

    def slow(host: str, port: int) -> frozenset[tuple[str, int]]:
        if host == "two.example":
            in_time.append(held.wait(PATIENCE))
        return look(host, port)

    places = Whereabouts([f"https://{host}" for host in BOOK], look=slow)
    places.begin()
    assert places.shared(seconds=0.05) == ()
    assert in_time == []
    held.set()
    assert places.shared(seconds=PATIENCE) == (("one.example", "two.example"),)


def test_look_up__without_a_network__nothing_and_no_exception(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    assert look_up("node.example", 443) == frozenset()
