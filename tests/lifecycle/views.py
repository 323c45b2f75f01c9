"""What the vault says of itself is what its storage means."""

from __future__ import annotations

from typing import Any

from eth_abi.abi import decode

from tests.lifecycle.run import Run
from tests.lifecycle.vocabulary import data_of, id_of
from verifier.model.life import Status
from verifier.sign.typed import approve_digest


def compare_views(run: Run) -> None:
    """Ask every view about all that the model knows, by the clock of the latest block."""
    state, now = run.state, run.latest.time
    questions: list[tuple[str, list[Any], list[str], tuple[Any, ...]]] = [
        ("roster", [], ["uint256"], (state.roster.pack(),)),
        ("founding", [], ["bytes32"], (state.founding,)),
    ]
    for lane, slot in state.lanes.items():
        answer = (slot.id, slot.state.pack(), int(slot.state.status_at(now)))
        questions.append(("lane", [lane], ["bytes32", "uint256", "uint256"], answer))
    unused = next(lane for lane in range(512) if lane not in state.lanes)
    questions.append(
        ("lane", [unused], ["bytes32", "uint256", "uint256"], (bytes(32), 0, int(Status.UNKNOWN)))
    )
    questions += [
        ("memberOf", [address], ["uint256"], (state.record(address).pack(),))
        for address in run.world.addresses.values()
    ]
    for index, seat in state.seats.items():
        questions.append(("seat", [index], ["address"], ("0x" + seat.member.hex(),)))
        persons = state.persons_of(seat.member) if any(seat.member) else (0,)
        questions.append(("personsIn", [index], ["uint256[]"], (persons,)))
    questions += [
        ("memberOfPerson", [person], ["address"], ("0x" + account.hex(),))
        for person, account in state.persons.items()
    ]
    questions.append(("registry", [], ["address"], ("0x" + state.registry.hex(),)))
    for operation in run.operations[-3:]:
        questions.append(("idOf", [operation], ["bytes32"], (id_of(operation),)))
        tier = run.reference.tier_of(operation.calls, now)
        questions.append(("tierOf", [operation], ["uint256"], (int(tier),)))
        publication = run.publication(operation)
        digest = approve_digest(
            id_of(operation), publication, chain_id=run.reference.chain_id, vault=run.vault
        )
        arguments = [id_of(operation), publication.pack()]
        questions.append(("approvalDigest", arguments, ["bytes32"], (digest,)))
    _require_answers(run, questions)


def _require_answers(run: Run, questions: list[tuple[str, list[Any], list[str], tuple[Any, ...]]]) -> None:
    vault = "0x" + run.vault.hex()
    requests = [
        ("eth_call", [{"to": vault, "data": "0x" + data_of(function, arguments).hex()}, "latest"])
        for function, arguments, _, _ in questions
    ]
    for (function, arguments, types, expected), answer in zip(
        questions, run.chain.batch(requests), strict=True
    ):
        found = decode(types, bytes.fromhex(answer[2:]))
        assert found == expected, f"{function}({arguments}) says {found}, and the model {expected}"
