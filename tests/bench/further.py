"""Further peers that wait, doing the same work as the first one, on the same chain."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from tests.bench.ours import GRACE, RECIPIENT, WAIT, endow
from tests.bench.peers import Peer
from tests.bench.peers.compound import deploy_compound
from tests.bench.peers.delay import deploy_delay
from tests.bench.peers.governor import deploy_governor
from tests.bench.peers.manager import deploy_manager
from tests.bench.report import BenchError, Row
from tests.bench.rows import Making, gas, second
from tests.bench.sides import Sides, held
from tests.bench.transfers import assets
from verifier.model.tier import Tier


def deploy_further(sides: Sides) -> list[Peer]:
    """Deploy each of them with the first one's owners, and give it plenty."""
    chain, owners, quorum = sides.chain, sides.peer.safe.owners, len(sides.ours.signers)
    peers: list[Peer] = [
        deploy_delay(chain, owners, quorum, delay=WAIT, grace=GRACE),
        deploy_compound(chain, owners, quorum, delay=WAIT),
        deploy_manager(chain, owners, quorum, delay=WAIT),
        deploy_governor(chain, owners, quorum, delay=WAIT),
    ]
    for peer in peers:
        endow(chain, sides.token, peer.holder)
    return peers


def beside(sides: Sides, peers: list[Peer], ours: Callable[[str], int], *, table: str) -> Iterator[Row]:
    """A STANDARD transfer of each asset, beside each peer; `ours` says what a row cost here."""
    for peer in peers:
        for asset, make in assets(sides):
            name = f"{sides.name} STANDARD {asset}"
            theirs = second(partial(moved, sides, peer, make))
            yield gas(f"{name}, {peer.name}", ours(name), theirs, table=table)


def moved(sides: Sides, peer: Peer, make: Making) -> int:
    """Return what a transfer costs at a peer, once it is sure that it took place."""
    amount = sides.amount(Tier.STANDARD)
    before = sum(held(sides.chain, sides.token, RECIPIENT))
    used = sum(peer.move(make(amount)))
    if sum(held(sides.chain, sides.token, RECIPIENT)) - before != amount:
        raise BenchError(f"{peer.name} moved nothing, so nothing was measured.")
    return used
