"""A vault on a real node, endpoints that lack or change something, and operations to be played there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tests.anvil import CHAIN_ID
from tests.stage import STRANGER, Stage, call, release
from tests.stage import Call as RawCall
from tests.stage import Operation as RawOperation
from tests.tokens import compiled
from verifier.chain.endpoint import Call, Endpoint
from verifier.chain.http import HttpTransport
from verifier.chain.panel import Panel
from verifier.chain.reader import VaultReader
from verifier.chain.simulator import OperationSimulator
from verifier.model import operation as model
from verifier.model.address import Address
from verifier.model.reading import VaultReading
from verifier.model.simulation import AllowanceChange, Delta, Simulation
from verifier.model.units import ChainId, LaneIndex, Timestamp, Wei
from verifier.model.units import Sequence as SequenceNumber
from verifier.store.release import companion_addresses

Edit = Callable[[str, Sequence[Any], dict[str, Any]], dict[str, Any]]
"""Method, parameters and response: the response that is given instead."""


class Edited(HttpTransport):
    """A real endpoint whose answers are changed."""

    def __init__(self, url: str, edit: Edit, name: str = "") -> None:
        super().__init__(url)
        self._edit = edit
        self.name = name or self.name
        self.asked: list[str] = []

    def post(self, calls: Sequence[Call]) -> list[Any]:
        self.asked += [method for method, _ in calls]
        responses = super().post(calls)
        return [
            self._edit(method, params, response)
            for (method, params), response in zip(calls, responses, strict=True)
        ]


def honest(_method: str, _params: Sequence[Any], response: dict[str, Any]) -> dict[str, Any]:
    return response


def refusing(*methods: str) -> Edit:
    """Return a change after which an endpoint does not know these methods."""

    def edit(method: str, _params: Sequence[Any], response: dict[str, Any]) -> dict[str, Any]:
        if method not in methods:
            return response
        return {"error": {"code": -32601, "message": f"the method {method} does not exist"}}

    return edit


def giving(method: str, result: Any) -> Edit:
    """Return a change after which an endpoint answers a method with something else."""
    return lambda asked, _, response: {"result": result} if asked == method else response


def endpoint(stage: Stage, edit: Edit = honest, name: str = "") -> Endpoint:
    return Endpoint(Edited(stage.chain.url, edit, name))


def reader(stage: Stage) -> VaultReader:
    """Return a reader over two honest endpoints, so that all is proven."""
    return VaultReader(
        panel([endpoint(stage, name="a"), endpoint(stage, name="b")], needed=2),
        vault=Address(stage.vault),
        code_hash=bytes.fromhex(release()["code_hash"][2:]),
        founding=None,
        companions=companion_addresses(),
    )


def panel(endpoints: Sequence[Endpoint], *, needed: int = 1) -> Panel:
    return Panel(endpoints, needed=needed, chain_id=ChainId(CHAIN_ID))


def operation_of(raw: RawOperation) -> model.Operation:
    calls, lane, sequence, approve_by = raw
    return model.Operation(
        calls=tuple(model.Call(target=Address(to), value=Wei(value), data=data) for to, value, data in calls),
        lane=LaneIndex(lane),
        sequence=SequenceNumber(sequence),
        approve_by=Timestamp(approve_by),
    )


def simulate(
    stage: Stage,
    calls: Sequence[RawCall],
    *endpoints: Endpoint,
    after: int = 3_600,
    reading: VaultReading | None = None,
    needed: int = 1,
) -> Simulation:
    """Play calls that were never published, so many seconds from now."""
    operation = operation_of(stage.operation("ann", calls))
    reading = reading or reader(stage).read_vault()
    at = Timestamp(reading.head.timestamp + after)
    simulator = OperationSimulator(panel(endpoints or [endpoint(stage)], needed=needed))
    return simulator.simulate(reading, None, operation, at=at)


def deltas(simulation: Simulation) -> dict[tuple[bytes, bytes], int]:
    """Return the changes of balances, by token and account. All of them have to be measured."""
    assert simulation.deltas is not None
    assert all(delta.is_measured for delta in simulation.deltas)
    return {(delta.token, delta.account): delta.amount for delta in simulation.deltas}


def delta_of(simulation: Simulation, token: bytes, account: bytes) -> Delta:
    (found,) = (d for d in simulation.deltas or () if (d.token, d.account) == (token, account))
    return found


def only_allowance(simulation: Simulation) -> AllowanceChange:
    (found,) = simulation.allowances or ()
    return found


def token_of(stage: Stage, contract: str = "Token", *arguments: int) -> bytes:
    """Return a token of which the vault has 1,000."""
    token = compiled.deploy(stage.chain, contract, *arguments)
    stage.must(stage.chain.send(STRANGER, token, compiled.data_of(contract, "mint", stage.vault, 1_000)))
    return token


def transfer(token: bytes, to: bytes, amount: int, contract: str = "Token") -> RawCall:
    return call(to=token, data=compiled.data_of(contract, "transfer", to, amount))
