"""One chain with one vault for all tests of this folder, which only read it, and a home folder for each test."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from eth_abi.abi import encode

from tests.anvil import Anvil, start_anvil
from tests.cli.program import Home
from tests.stage import ETHER, NATIVE, Actor, Operation, Stage, call, found
from verifier.model.address import Address
from verifier.model.asset import AssetTerms
from verifier.model.member import Role
from verifier.model.units import Units

if TYPE_CHECKING:
    from tests.cli.council import Council

TOKEN = Address(bytes.fromhex("70ce" * 10))
THIEF = Address(bytes.fromhex("bad0" * 10))
PAYROLL = Address(bytes.fromhex("beef" * 10))
MILLION = Units(1_000_000 * 10**6)
# Returns 6 where it is asked for decimals, and else true: 1 + 5 * (selector == 0x313ce567).
YES = bytes.fromhex("5f3560e01c63313ce567146005026001015f5260205ff3")
TRANSFER = bytes.fromhex("a9059cbb")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A vault in which a theft waits, a batch wants approvals, and a member is to be removed."""

    chain: Anvil
    stage: Stage
    theft: Operation
    batch: Operation
    removal: Operation
    ended: Operation

    @property
    def vault(self) -> str:
        return str(Address(self.stage.vault))

    @property
    def founding(self) -> str:
        return f"0x{self.chain.storage(self.stage.vault, 2):064x}"

    @property
    def url(self) -> str:
        return self.chain.url

    @property
    def second_url(self) -> str:
        """The same node under another name: to a client, a second endpoint."""
        return self.chain.url.replace("127.0.0.1", "localhost")


def transfer(to: Address, amount: int) -> bytes:
    return TRANSFER + encode(["address", "uint256"], [to, amount])


@pytest.fixture(scope="session")
def scene() -> Iterator[Scene]:
    with start_anvil() as chain:
        chain.set_time(int(time.time()) - 600)
        yield _play(chain)


def _play(chain: Anvil) -> Scene:
    security = Role.APPROVER | Role.SECURITY
    cast = {"ann": Role.PROPOSER | Role.APPROVER, "bob": Role.APPROVER, "cid": security, "dot": security}
    cast |= {"eve": Role.APPROVER, "gus": Role.GUARDIAN}
    chain.set_code(TOKEN, YES)
    assets = [
        (asset, AssetTerms(routine_limit=Units(10**9), high_value_from=MILLION, decimals=decimals).pack())
        for asset, decimals in ((NATIVE, 18), (TOKEN, 6))
    ]
    people = [Actor.new(name, roles, person=i + 1) for i, (name, roles) in enumerate(cast.items())]
    stage = found(chain, people, value=100 * ETHER, assets=assets, counterparties=[(PAYROLL, 1)])

    theft = stage.operation("ann", [call(to=TOKEN, data=transfer(THIEF, 40 * MILLION))])
    stage.must(stage.propose("ann", theft))
    stage.must(stage.approve(theft, [stage.sign_published(who, theft) for who in ("bob", "cid", "dot")]))

    calls = [call(to=PAYROLL, value=ETHER // 10), call(to=TOKEN, data=transfer(PAYROLL, 5_000_000) + b"\0\1")]
    batch = stage.operation(
        "ann", [*calls, call(to=THIEF, data=bytes.fromhex("deadbeef") + bytes(40))], nth=1
    )
    stage.must(stage.propose("ann", batch))
    stage.must(stage.approve(batch, [stage.sign_published("bob", batch)]))

    removal = stage.to_itself("eve", "removeMember", stage.address("ann"))
    stage.must(stage.propose("eve", removal))
    stage.must(stage.send("gus", "object", removal))

    ended = stage.operation("ann", [call(to=PAYROLL, value=1)], nth=2)
    stage.must(stage.propose("ann", ended))
    stage.must(stage.send("gus", "veto", ended[1], stage.id_of(ended)))
    chain.set_time(int(time.time()))
    return Scene(chain=chain, stage=stage, theft=theft, batch=batch, removal=removal, ended=ended)


@pytest.fixture(autouse=True)
def young(request: pytest.FixtureRequest) -> None:
    """Keep the scene's chain from growing old where tests take long."""
    if "scene" in request.fixturenames:
        request.getfixturevalue("scene").chain.catch_up()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home folder without a configuration."""
    return Home(path=tmp_path)


@pytest.fixture(scope="session")
def settled(scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home folder in which the vault is pinned, with two endpoints that have to agree. To be read only."""
    home = Home(path=tmp_path_factory.mktemp("settled"))
    ran = home.call(
        "init",
        scene.vault,
        "--rpc",
        scene.url,
        "--rpc",
        scene.second_url,
        "--name",
        "treasury",
        "--seat",
        "4",
    )
    assert ran.code == 0, ran
    with home.config.open("a") as file:
        file.write(f'"{TOKEN}" = "USDC"\n"{PAYROLL}" = "Payroll"\n')
    return home


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Council]:
    from tests.cli.council import meet

    with meet(tmp_path_factory.mktemp("council")) as council:
        yield council


@pytest.fixture
def council(founded: Council) -> Iterator[Council]:
    """The council as it was founded: what a test does to the chain is undone, and forgotten, and its files are removed.

    A client that remembered would say, rightly, that it saw two operations under one number.
    """
    before = {who: set(seat.files) for who, seat in founded.seats.items()}
    with founded.chain.isolate():
        yield founded
    for who, seat in founded.seats.items():
        shutil.rmtree(seat.home.path / ".local", ignore_errors=True)
        for name in set(seat.files) - before[who]:
            path = seat.home.path / name
            if path.is_file():
                path.unlink()


@pytest.fixture
def payment(tmp_path: Path) -> Path:
    path = tmp_path / "payment.toml"
    path.write_text(f'version = 1\n[[calls]]\ntarget = "{PAYROLL}"\nvalue = "{ETHER // 10}"\n')
    return path


@pytest.fixture
def proposed(council: Council, payment: Path) -> Council:
    council["ann"].must("propose", str(payment))
    return council
