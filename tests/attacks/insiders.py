"""What several of the attacks share: exact refusals of an operation as it stands, and payments in a token.

scene.refuses(broken(scene, operation), lambda: scene.execute("bob", operation))
"""

from __future__ import annotations

from functools import partial
from typing import Final

from tests.attacks.forgery import next_publication
from tests.contracts.scene import Scene
from tests.stage import Call, Operation, call
from tests.tokens import compiled
from verifier.errors.approvals import ApprovalPublicationUnexpected
from verifier.errors.operations import (
    OperationQuorumBroken,
    OperationQuorumStands,
    OperationStatusUnexpected,
    OperationTierRisen,
)
from verifier.model.asset import AssetTerms
from verifier.model.life import OPEN, Status
from verifier.model.tier import Tier
from verifier.model.units import Units

ANY_OPEN: Final = sum(1 << status for status in OPEN)
ONLY_READY: Final = 1 << Status.READY
ONLY_WAITING: Final = 1 << Status.WAITING
DOLLAR: Final = 10**6
DOLLAR_TERMS: Final = AssetTerms(
    routine_limit=Units(1_000 * DOLLAR), high_value_from=Units(100_000 * DOLLAR), decimals=6
)
"""Up to 1,000 dollars is ROUTINE, from 100,000 HIGH_VALUE."""


# ---------------------------------------------------------------------------------------------------------- Refusals


def broken(scene: Scene, operation: Operation) -> OperationQuorumBroken:
    """Return the refusal to execute without a quorum."""
    operation_id, lane, _ = scene.lane(operation[1])
    return OperationQuorumBroken(id=operation_id, state=lane.pack(), roster=scene.roster().pack())


def stands(scene: Scene, operation: Operation) -> OperationQuorumStands:
    """Return the refusal to join a segregated quorum."""
    operation_id, lane, _ = scene.lane(operation[1])
    return OperationQuorumStands(id=operation_id, state=lane.pack())


def risen(scene: Scene, operation: Operation, waited_for: Tier, actual: Tier) -> OperationTierRisen:
    return OperationTierRisen(id=scene.id_of(operation), waited_for=waited_for, actual=actual)


def unfit(
    scene: Scene, operation: Operation, expected: int, actual: Status | None = None
) -> OperationStatusUnexpected:
    """Return the refusal of what an operation's status does not allow; its present status if no other is named."""
    status = scene.status(operation) if actual is None else actual
    return OperationStatusUnexpected(id=scene.id_of(operation), expected=expected, actual=status)


def refuses_blank(scene: Scene, by: str, calls: list[Call], *approvers: str, nth: int = 0) -> Operation:
    """Fail unless signatures made before publication are refused, as they are from HIGH_VALUE on.

    Return the operation, which nobody has published yet.
    """
    operation = scene.operation(by, calls, nth=nth)
    cheques = [scene.sign(name, operation) for name in approvers]
    refusal = ApprovalPublicationUnexpected(seat=cheques[0][0], expected=next_publication(scene), actual=0)
    scene.refuses(refusal, partial(scene.propose, by, operation, cheques))
    return operation


def takes_blank(scene: Scene, by: str, calls: list[Call], *approvers: str, nth: int = 0) -> Operation:
    """Return an operation whose clock runs by signatures made before publication: the neighbour of `refuses_blank`."""
    operation = scene.operation(by, calls, nth=nth)
    scene.must(scene.propose(by, operation, [scene.sign(name, operation) for name in approvers]))
    assert scene.status(operation) is Status.WAITING
    return operation


# ------------------------------------------------------------------------------------------------------------ Tokens


def dollars(scene: Scene, *, amount: int = 10**6 * DOLLAR) -> bytes:
    """Return a listed token of six decimals, of which the vault has so much."""
    token = compiled.deploy(scene.chain, "Token", 6)
    scene.must(scene.chain.send(token, token, compiled.data_of("Token", "mint", scene.vault, amount)))
    scene.must_change("setAsset", token, DOLLAR_TERMS.pack())
    return token


def token_call(token: bytes, function: str, *arguments: bytes | int) -> Call:
    """Return a call of an honest token's function."""
    return call(to=token, data=compiled.data_of("Token", function, *arguments))


def data_from(selector: str, *words: bytes | int) -> bytes:
    """Return calldata as an honest encoder writes it: a selector in hex, and arguments of one word each."""
    as_bytes = [word if isinstance(word, bytes) else word.to_bytes(32, "big") for word in words]
    return bytes.fromhex(selector) + b"".join(word.rjust(32, b"\0") for word in as_bytes)
