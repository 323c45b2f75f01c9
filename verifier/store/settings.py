"""What a signer's configuration says: which vaults are theirs, whom they ask, and what they call addresses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Self
from urllib.parse import urlsplit

from verifier.errors import EndpointAddressMalformed, NameMalformed, NumberOutOfRange, PinConflict
from verifier.model.address import Address
from verifier.model.endpoint_name import name_of_endpoint
from verifier.model.text import Foreign, show_bytes
from verifier.model.units import SEATS, ChainId, MemberIndex

BLOCKS: Final = ("latest", "safe", "finalized")
"""Which block is read: the newest one, or one that the chain will hardly, or never, take back."""

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
_PRINTABLE: Final = re.compile(r"[!-~]{1,2000}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """A vault as this signer pinned it: all vaults of a release share one code, so the founding tells them apart."""

    name: str
    chain_id: ChainId
    vault: Address
    code_hash: bytes
    founding: bytes
    # The signer's own seat, and who sat in it when it was pinned.
    seat: MemberIndex | None = None
    member: Address | None = None
    # The folder of a group's coordinator: for this vault its holders are asked from the terminal. Relative to the
    # configuration file; None where there is none.
    group: str | None = None

    def __post_init__(self) -> None:
        require_name(self.name)
        _require_range("The number of a chain", 1, (1 << 64) - 1, self.chain_id)
        if self.seat is not None:
            _require_range("A seat", 0, SEATS - 1, self.seat)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainSettings:
    """Whom to ask about a chain, and how many of them have to agree."""

    chain_id: ChainId
    endpoints: tuple[str, ...]
    quorum: int
    block: str = "latest"
    # What the signer calls the native coin.
    coin: str = "ETH"

    def __post_init__(self) -> None:
        for endpoint in self.endpoints:
            require_endpoint(endpoint)
        _require_different(self.endpoints)
        what = "The number of endpoints at different hosts that have to agree"
        _require_range(what, 1, len(self.hosts), self.quorum)

    @property
    def hosts(self) -> tuple[str, ...]:
        """The endpoints by what is no secret of their addresses. Two addresses at one host are one source."""
        return hosts_of(self.endpoints)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that the configuration file holds."""

    pins: Mapping[str, Pin] = field(default_factory=dict)
    chains: Mapping[ChainId, ChainSettings] = field(default_factory=dict)
    labels: Mapping[Address, Foreign] = field(default_factory=dict)
    # Files with ABIs by the contract that they are about; under None, those for any contract. Relative to this file.
    abis: Mapping[Address | None, tuple[str, ...]] = field(default_factory=dict)
    # A checkout of a registry of descriptors (ERC-7730), relative to this file; None where there is none.
    descriptors: str | None = None

    def pin_of(self, vault: Address, chain_id: ChainId) -> Pin | None:
        """Return how a vault is pinned, or None where it is not."""
        found = (pin for pin in self.pins.values() if (pin.vault, pin.chain_id) == (vault, chain_id))
        return next(found, None)

    def with_pin(self, pin: Pin, *, path: str, may_replace: bool) -> Self:
        """Return the settings with a pin added. Seat and group of one that is there stay, unless they are given.

        :raises PinConflict: the name, or the vault, is pinned differently, and that may not be replaced.
        """
        named, placed = self.pins.get(pin.name), self.pin_of(pin.vault, pin.chain_id)
        if not may_replace:
            _require_same(named, pin, path)
            _require_same(placed, pin, path)
        if placed is not None and pin.seat is None:
            pin = replace(pin, seat=placed.seat, member=placed.member)
        if placed is not None and pin.group is None:
            pin = replace(pin, group=placed.group)
        pins = {name: known for name, known in self.pins.items() if known is not placed}
        return replace(self, pins={**pins, pin.name: pin})

    def with_chain(self, chain: ChainSettings) -> Self:
        return replace(self, chains={**self.chains, chain.chain_id: chain})


def require_name(name: str) -> None:
    """:raises NameMalformed: it is no name for a vault."""
    if not _NAME.fullmatch(name):
        why = "it should be up to 40 letters, digits, - and _, and begin with a letter or digit"
        raise NameMalformed(text=name, why=why)


def require_endpoint(url: str) -> None:
    """:raises EndpointAddressMalformed: nothing can be asked over HTTP there."""
    try:
        parts = urlsplit(url)
        is_http = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_http = False
    if not is_http or not _PRINTABLE.fullmatch(url):
        raise EndpointAddressMalformed(text=url, why="it should be like https://host or http://host:port")


def hosts_of(endpoints: tuple[str, ...]) -> tuple[str, ...]:
    """Return the hosts, with their ports: two addresses at one host are one source."""
    return tuple(dict.fromkeys(_name_of(endpoint) for endpoint in endpoints))


def usual_quorum(endpoints: tuple[str, ...]) -> int:
    """Return how many have to agree where nobody says: all of one or two, else more than half."""
    count = len(hosts_of(endpoints))
    return count if count <= 2 else count // 2 + 1


def _name_of(endpoint: str) -> str:
    parts = urlsplit(endpoint)
    return name_of_endpoint(parts.scheme, parts.hostname or "", parts.port)


def _require_different(endpoints: tuple[str, ...]) -> None:
    """:raises EndpointAddressMalformed: one address is there twice, written in two ways."""
    seen: set[tuple[str, ...]] = set()
    for endpoint in endpoints:
        parts = urlsplit(endpoint)
        same = (
            parts.scheme,
            parts.netloc.rpartition("@")[0],
            _name_of(endpoint),
            parts.path or "/",
            parts.query,
        )
        if same in seen:
            raise EndpointAddressMalformed(
                text=_name_of(endpoint),
                why="another endpoint has the same address, so it is no second source",
            )
        seen.add(same)


def _require_same(known: Pin | None, pin: Pin, path: str) -> None:
    if known is None:
        return
    for what, pinned, found in (
        ("chain", str(known.chain_id), str(pin.chain_id)),
        ("address", str(known.vault), str(pin.vault)),
        ("code hash", show_bytes(known.code_hash), show_bytes(pin.code_hash)),
        ("founding hash", show_bytes(known.founding), show_bytes(pin.founding)),
        ("name", known.name, pin.name),
        *_seat_rows(known, pin),
    ):
        if pinned != found:
            raise PinConflict(path=path, name=known.name, what=what, pinned=pinned, found=found)


def _seat_rows(known: Pin, pin: Pin) -> list[tuple[str, str, str]]:
    if known.seat is None or pin.seat is None:
        return []
    return [("seat", str(known.seat), str(pin.seat)), ("seat's member", str(known.member), str(pin.member))]


def _require_range(what: str, minimum: int, maximum: int, actual: int) -> None:
    if not minimum <= actual <= maximum:
        raise NumberOutOfRange(what=what, minimum=minimum, maximum=maximum, actual=actual)
