"""A vault founded by its file on a chain of its own, and the people who change it.

    with settle() as town:
        town.write(folder, town.plan)
        town.change("setCounterparty", account, 1)

The plan is what `vault.toml` says as Python has it, so that a test can say it otherwise.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import tomli_w
from eth_hash.auto import keccak

from tests.anvil import Anvil, start_anvil
from tests.companions import Companion
from tests.stage import ETHER, Actor, Stage, companion, data_of, deploy_companions, release
from verifier.assess.changing.change import SEAT_FUNCTIONS
from verifier.chain import layout
from verifier.decode.signatures import interface
from verifier.model.address import Address
from verifier.model.member import Role
from verifier.model.operation import Call
from verifier.model.tier import Tier, TierTerms
from verifier.model.units import Timestamp
from verifier.store.release import companion_addresses
from verifier.store.vault_file import parse_vault_file

Plan = dict[str, Any]

TOKEN: Final = Address(bytes.fromhex("70ce" * 10))
OTHER_TOKEN: Final = Address(bytes.fromhex("70cf" * 10))
EURO: Final = Address(bytes.fromhex("70ee" * 10))
PAYROLL: Final = Address(bytes.fromhex("beef" * 10))
BRIDGE: Final = Address(bytes.fromhex("b41d" * 10))
DEPLOYER: Final = Address(bytes.fromhex("de10" * 10))
# Says true to everything, that it has 6 decimals, and that nobody has an allowance:
# 1 + 5 * (selector == 0x313ce567) - (selector == 0xdd62ed3e). The other one grants everybody an allowance of 1.
_NO_ALLOWANCES: Final = bytes.fromhex("5f3560e01c8063313ce567146005029063dd62ed3e14600103015f5260205ff3")
_ALLOWANCES: Final = bytes.fromhex("5f3560e01c63313ce567146005026001015f5260205ff3")
_CITIES: Final = (
    (40.71, -74.01),
    (47.37, 8.54),
    (35.68, 139.77),
    (19.08, 72.88),
    (21.31, -157.86),
    (-36.85, 174.76),
)
_OFFSETS: Final = ("-05:00", "+01:00", "+09:00", "+05:30", "-10:00", "+12:00")
_CREATE2: Final = bytes.fromhex("4e59b44847b379578588920cA78FbF26c0B4956C")
_SEATS: Final = frozenset(interface("vault").function(name).selector for name in SEAT_FUNCTIONS)
_CAST: Final = {
    "ann": ["proposer", "approver", "break_glass"],
    "bob": ["approver", "security"],
    "cid": ["approver", "security"],
    "dot": ["approver", "security"],
    "eve": ["approver"],
    "pat": ["proposer"],
    "gus": ["guardian"],
    "ida": ["auditor"],
}


def member(name: str, person: int, roles: Sequence[str], *, key: str = "") -> Plan:
    """Return a member as the file has it; its key follows from its name."""
    latitude, longitude = _CITIES[person % 6]
    return {
        "name": name,
        "person": person,
        "address": str(Address(Actor.new(key or name, Role.APPROVER).address)),
        "roles": list(roles),
        "employer": f"firm-{person % 4}",
        "utc_offset": _OFFSETS[person % 6],
        "place": {"latitude": latitude, "longitude": longitude},
    }


def usual_plan() -> Plan:
    def tier(quorum: int, security: int, delay: str, **more: Any) -> Plan:
        return {"quorum": quorum, "security": security, "delay": delay, "grace": "72h", **more}

    return {
        "version": 1,
        "salt": "0x" + "11" * 32,
        "supermajority": 3,
        "networks": {"local": {"chain": 31_337, "production": False}},
        "employers": {f"firm-{i}": i + 1 for i in range(4)},
        "members": [member(name, i + 1, roles) for i, (name, roles) in enumerate(_CAST.items())],
        "tiers": {
            "routine": tier(2, 0, "1h", expedited="10m"),
            "standard": tier(2, 0, "24h"),
            "high_value": tier(3, 1, "48h"),
            "custody": tier(3, 1, "72h"),
        },
        "bypass": {"limit": 3, "review_within": "72h"},
        "assets": [
            {
                "symbol": "ETH",
                "address": "native",
                "decimals": 18,
                "routine": "1 ETH",
                "high_value": "10 ETH",
            },
            {
                "symbol": "USDC",
                "address": str(TOKEN),
                "decimals": 6,
                "routine": "1_000 USDC",
                "high_value": "50_000 USDC",
                "networks": ["local"],
            },
        ],
        "counterparties": [
            {"name": "Payroll", "address": str(PAYROLL), "uses": ["recipient"]},
            {"name": "The bridge", "address": str(BRIDGE), "uses": ["spender"]},
        ],
        "rules": [
            {
                "target": str(BRIDGE),
                "function": "depositFor(address,uint256)",
                "asset": "USDC",
                "amount": 1,
                "counterparty": 0,
                "use": "recipient",
                "networks": ["local"],
            },
            {"target": str(PAYROLL), "function": "claim()"},
        ],
        "duties": [{"person": 31, "name": "Kim", "duties": ["key_material"]}],
        "exclusions": [{"duty": "transaction_approval", "excludes": ["key_material", "signing_server"]}],
        "strategies": [
            {
                "name": "basis",
                "position": 5_000,
                "order": 250,
                "risk": 30,
                "venues": ["cme"],
                "guards": [str(Address(b"\x71" * 20))],
            }
        ],
    }


@dataclass(slots=True)
class Town:
    """A chain, the vault on it, and everybody's keys."""

    stage: Stage
    plan: Plan

    @property
    def chain(self) -> Anvil:
        return self.stage.chain

    @property
    def vault(self) -> str:
        return str(Address(self.stage.vault))

    @property
    def rpc(self) -> tuple[str, ...]:
        """The node under two names: to a client, two endpoints."""
        url = self.chain.url
        return ("--rpc", url, "--rpc", url.replace("127.0.0.1", "localhost"))

    def another_plan(self) -> Plan:
        return copy.deepcopy(self.plan)

    def execute(self, calls: Sequence[Call | tuple[bytes, int, bytes]]) -> None:
        """Publish, approve, wait and execute an operation of these calls, as its members would."""
        plain = [(c.target, int(c.value), c.data) if isinstance(c, Call) else c for c in calls]
        names = self._sitting()
        subject = self._subject(plain)
        by = next(
            name
            for name, role in names.items()
            if role & Role.PROPOSER and self.stage.address(name) != subject
        )
        operation = self.stage.operation(by, plain)
        approvers = [
            name
            for name, role in names.items()
            if role & Role.APPROVER and name != by and self.stage.address(name) != subject
        ]
        if subject is None:
            now = self.chain.now()
            approvers = [name for name in approvers if self.stage.member(name).seasoned_at <= now]
        stage = self.stage
        stage.must(stage.propose(by, operation))
        stage.must(stage.approve(operation, [stage.sign_published(who, operation) for who in approvers]))
        stage.pass_to_ready(operation)
        self._wait_until_open(stage.lane(operation[1])[1].tier)
        stage.must(stage.execute(by, operation))

    def _wait_until_open(self, tier: Tier) -> None:
        terms = TierTerms.unpack(self.chain.storage(self.stage.vault, layout.terms(tier)))
        moment = self.chain.now() + 1
        while not terms.is_open_at(Timestamp(moment)):
            moment += 900
        self.chain.set_next_time(moment)

    def change(self, function: str, *arguments: Any) -> None:
        """Let the vault change itself by one call."""
        self.execute([(self.stage.vault, 0, data_of(function, *arguments))])

    def change_at(self, name: str, function: str, *arguments: Any) -> None:
        """Let the vault call one of its companions."""
        keeper = Companion(chain=self.chain, key=name, address=companion(name))
        self.execute([(keeper.address, 0, keeper.data_of(function, *arguments))])

    def suspend(self, guardian: str, name: str) -> None:
        self.stage.must(self.stage.send(guardian, "suspend", self.stage.address(name)))

    def catch_up(self) -> None:
        """Let the chain come to the time of this machine, as a client expects it."""
        now = int(time.time())
        if self.chain.now() < now:
            self.chain.set_time(now)

    def _sitting(self) -> dict[str, Role]:
        found = {}
        for name in self.stage.actors:
            record = self.stage.member(name)
            if record.is_active:
                found[name] = record.roles
        return found

    def _subject(self, calls: Sequence[tuple[bytes, int, bytes]]) -> bytes | None:
        """Return whom a seat operation is about: all seat functions begin with one."""
        target, _, data = calls[0]
        is_one = len(calls) == 1 and target == self.stage.vault and data[:4] in _SEATS
        return data[16:36] if is_one else None


def write(path: Path, plan: Plan) -> Path:
    path.write_text(tomli_w.dumps(plan))
    return path


@contextmanager
def settle() -> Iterator[Town]:
    """Found a vault by the usual plan, without what operations bring later."""
    with start_anvil() as chain:
        chain.set_time(int(time.time()) - 400 * 86_400)
        for token in (TOKEN, EURO):
            chain.set_code(token, _NO_ALLOWANCES)
        chain.set_code(OTHER_TOKEN, _ALLOWANCES)
        plan = usual_plan()
        file = parse_vault_file(tomli_w.dumps(plan).encode(), "vault.toml")
        deploy_companions(chain)
        chain.set_balance(DEPLOYER, ETHER)
        creation = (
            bytes.fromhex(release()["creation_code"][2:]) + file.configuration(companion_addresses()).encode()
        )
        data = file.salt + creation
        outcome = chain.send(DEPLOYER, _CREATE2, data)
        assert outcome.succeeded, outcome.revert_data
        vault = keccak(b"\xff" + _CREATE2 + file.salt + keccak(creation))[12:]
        people = [Actor.new(each["name"], Role.APPROVER, person=each["person"]) for each in plan["members"]]
        stage = Stage(chain, vault, {actor.name: actor for actor in people})
        yield Town(stage=stage, plan=plan)
