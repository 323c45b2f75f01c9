"""Readers over a real node, which has several names: agreement needs several endpoints."""

from __future__ import annotations

from tests.anvil import CHAIN_ID, Anvil
from tests.stage import Stage, release
from verifier.chain.endpoint import Endpoint
from verifier.chain.http import HttpTransport
from verifier.chain.panel import Panel
from verifier.chain.reader import VaultReader
from verifier.model.address import Address
from verifier.model.units import ChainId
from verifier.store.release import companion_addresses


def panel(chain: Anvil, *, count: int = 1, chain_id: int = CHAIN_ID) -> Panel:
    """Return endpoints at the same node, under different names: agreement needs several."""
    port = chain.url.rpartition(":")[2]
    hosts = ("127.0.0.1", "localhost")[:count]
    endpoints = [Endpoint(HttpTransport(f"http://{host}:{port}")) for host in hosts]
    return Panel(endpoints, needed=count, chain_id=ChainId(chain_id))


def reader(
    stage: Stage,
    *,
    count: int = 1,
    founding: bytes | None = None,
    chain_id: int = CHAIN_ID,
    tag: str = "latest",
) -> VaultReader:
    return VaultReader(
        panel(stage.chain, count=count, chain_id=chain_id),
        vault=Address(stage.vault),
        code_hash=bytes.fromhex(release()["code_hash"][2:]),
        founding=founding,
        companions=companion_addresses(),
        tag=tag,
    )
