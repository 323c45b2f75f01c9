"""A vault whose members have key files and homes of their own, for journeys that sign and send."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from eth_account import Account

from tests.anvil import Anvil, start_anvil
from tests.cli.conftest import PAYROLL
from tests.cli.program import Home, Ran
from tests.stage import ETHER, HOUR, NATIVE, USUAL_TIERS, Actor, Stage, found
from verifier.model.address import Address
from verifier.model.asset import AssetTerms
from verifier.model.lane import Lane
from verifier.model.life import Status
from verifier.model.member import Role
from verifier.model.units import Duration, LaneIndex, Units

SECURITY: Final = Role.APPROVER | Role.SECURITY
CAST: Final = {
    "ann": Role.PROPOSER | Role.APPROVER,
    "bob": Role.APPROVER | Role.BREAK_GLASS,
    "cid": SECURITY,
    "dot": SECURITY,
    "eve": Role.APPROVER,
    "gus": Role.GUARDIAN,
    "ida": Role.AUDITOR,
}
PASSPHRASE: Final = "correct horse"
TIERS: Final = (
    USUAL_TIERS[0],
    # Break-glass leaves two hours of two days.
    *(replace(terms, expedited_delay=Duration(2 * HOUR)) for terms in USUAL_TIERS[1:3]),
    USUAL_TIERS[3],
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A member at home: a key file, its passphrase, and a configuration in which the vault is pinned."""

    home: Home
    key: Path
    passphrase: Path

    def call(self, *arguments: str) -> Ran:
        return self.home.call(*arguments)

    def do(self, *arguments: str) -> Ran:
        """Run a command that signs or sends, with this member's key, confirmed beforehand."""
        opened = ("--key", str(self.key), "--passphrase-file", str(self.passphrase))
        return self.call(*arguments, *opened, "--yes")

    def must(self, *arguments: str) -> Ran:
        ran = self.do(*arguments)
        assert (ran.code, ran.err) == (0, ""), ran
        return ran

    @property
    def files(self) -> list[str]:
        """What lies in the home, but configuration and memory."""
        return sorted({each.name for each in self.home.path.iterdir()} - {".config", ".local"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Council:
    """The vault, its chain, and everyone in it."""

    chain: Anvil
    stage: Stage
    seats: dict[str, Seat]

    def __getitem__(self, who: str) -> Seat:
        return self.seats[who]

    def lane(self, index: int) -> tuple[bytes, Lane, Status]:
        return self.stage.lane(index)

    def status(self, index: int) -> Status:
        return self.stage.lane(LaneIndex(index))[2]


@contextmanager
def meet(folder: Path) -> Iterator[Council]:
    """Found the vault, and give every member a home."""
    with start_anvil() as chain:
        chain.set_time(int(time.time()) - 60)
        people = [Actor.new(name, roles, person=i + 1) for i, (name, roles) in enumerate(CAST.items())]
        terms = AssetTerms(routine_limit=Units(10**9), high_value_from=Units(10**12), decimals=18)
        stage = found(
            chain,
            people,
            value=100 * ETHER,
            assets=[(NATIVE, terms.pack())],
            counterparties=[(PAYROLL, 1)],
            tiers=TIERS,
        )
        seats = {
            actor.name: seat_at_home(folder / actor.name, actor, i, stage) for i, actor in enumerate(people)
        }
        for actor in people:
            chain.set_balance(actor.address, ETHER)
        chain.set_time(int(time.time()))
        yield Council(chain=chain, stage=stage, seats=seats)


def seat_at_home(folder: Path, actor: Actor, seat: int, stage: Stage) -> Seat:
    folder.mkdir()
    home = Home(path=folder)
    url = stage.chain.url
    rpc = ("--rpc", url, "--rpc", url.replace("127.0.0.1", "localhost"))
    ran = home.call("init", str(Address(stage.vault)), *rpc, "--name", "treasury", "--seat", str(seat))
    assert ran.code == 0, ran
    # Easily broken, and so quickly opened.
    keystore: Any = Account.encrypt(actor.key.to_bytes(), PASSPHRASE, kdf="pbkdf2", iterations=1_000)
    key, passphrase = folder / "key.json", folder / "passphrase"
    for path, content in ((key, json.dumps(keystore)), (passphrase, PASSPHRASE + "\n")):
        path.write_text(content)
        path.chmod(0o600)
    return Seat(home=home, key=key, passphrase=passphrase)


def carried(council: Council, who: str, *, ending: str = "approval") -> Path:
    """Return the file that a member made."""
    home = council[who].home.path
    (found,) = home.glob(f"*.{ending}")
    return found


def signed(council: Council, *names: str, lane: int = 0) -> list[str]:
    for who in names:
        council[who].must("sign", str(lane))
    return [str(carried(council, who)) for who in names]
