"""What is asked about operations, in as few round trips as possible, before they are judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest

from verifier.assess.movements import moves_of
from verifier.decode.calls import decode_operation
from verifier.decode.descriptors.index import DescriptorBook, Descriptors
from verifier.decode.descriptors.own import own_documents
from verifier.decode.lexicon import Lexicon
from verifier.desk.aids import Aids
from verifier.desk.past_words import Precedents
from verifier.desk.review import addresses_in
from verifier.model.account import AccountReading
from verifier.model.address import NOBODY, Address
from verifier.model.asset import NATIVE
from verifier.model.call import DecodedCall
from verifier.model.effect import Allowance, Authority, Move
from verifier.model.life import FINAL, Status
from verifier.model.operation import Operation
from verifier.model.reading import (
    ApprovalsReading,
    BypassReading,
    LaneReading,
    OperationReading,
    PolicyReading,
    VaultReading,
)
from verifier.model.simulation import Simulation
from verifier.model.units import Duration, OperationId, Timestamp
from verifier.ports import ChainReader


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What was found out about some lanes, in their order."""

    found: tuple[OperationReading, ...]
    policy: PolicyReading
    bypasses: BypassReading
    accounts: Mapping[Address, AccountReading]
    # The approvals that operations were published with; empty where nobody asked.
    published: Mapping[OperationId, ApprovalsReading]
    descriptors: DescriptorBook
    # For the reviews of these lanes.
    precedents: Precedents = field(default_factory=Precedents, compare=False)


def gather(
    reader: ChainReader, reading: VaultReading, lanes: Sequence[LaneReading], aids: Aids, *, closely: bool
) -> Gathered:
    """Return what is to be known about the operations of some lanes.

    :param closely: also what takes more round trips: the co-signers' signatures
    """
    found = reader.find_operations(reading, lanes)
    gathered = gather_about(reader, reading, lanes, found, aids)
    return replace(gathered, published=reader.read_approvals(reading, found)) if closely else gathered


def gather_about(
    reader: ChainReader,
    reading: VaultReading,
    lanes: Sequence[LaneReading],
    found: tuple[OperationReading, ...],
    aids: Aids,
) -> Gathered:
    """Return the same for operations whose bytes are at hand, published or not; nobody's signatures are asked for."""
    operations = [each.operation for each in found if each.operation]
    plain = Lexicon(vault=reading.vault, companions=reading.companions, books=aids.books)
    decoded = [decode_operation(operation, plain) for operation in operations]
    named = in_turn([list(addresses_in(calls)) for calls in decoded])
    accounts = [address for address in named if address not in (reading.vault, NOBODY)]
    tokens = list(dict.fromkeys(token for calls in decoded for token in tokens_of(calls, reading.vault)))
    delay = max((reading.tiers.value[lane.state.tier].delay for lane in lanes), default=Duration(0))
    ruled = [function for calls in decoded for function in ruled_by(calls, reading.vault)]
    policy = _read_policy(reader, reading, operations, ruled, list(named), accounts, tokens, delay)
    known = reader.read_accounts(reading, accounts, tokens=tokens, delay=delay)
    return Gathered(
        found=found,
        policy=policy,
        bypasses=reader.read_bypasses(reading),
        accounts=known,
        published={},
        descriptors=_descriptors(reading, operations, known, aids),
    )


def in_turn(lists: Sequence[Sequence[Address]]) -> dict[Address, None]:
    """Return all addresses, those of each operation in turn: a long list of one must not crowd out another's."""
    rounds = zip_longest(*lists)
    return {address: None for each in rounds for address in each if address is not None}


def simulate(
    aids: Aids, reading: VaultReading, lane: LaneReading, operation: Operation | None
) -> Simulation | None:
    """Return how an open operation would go when it is executable; None where nobody can be asked, or it is over."""
    if aids.simulator is None or operation is None or reading.status(lane) in FINAL:
        return None
    return aids.simulator.simulate(reading, lane, operation, at=_executable_at(reading, lane))


def _executable_at(reading: VaultReading, lane: LaneReading) -> Timestamp:
    """Return the first moment at which it can be executed: as it stands, or with a quorum now."""
    state, now = lane.state, reading.head.timestamp
    if state.status is Status.WAITING:
        return max(state.moment, now)
    return Timestamp(now + reading.tiers.value[state.tier].delay)


def _read_policy(
    reader: ChainReader,
    reading: VaultReading,
    operations: Sequence[Operation],
    ruled: Sequence[tuple[Address, bytes]],
    named: Sequence[Address],
    accounts: Sequence[Address],
    tokens: Sequence[Address],
    delay: Duration,
) -> PolicyReading:
    """Return the vault's words about all that the operations name, and about what its rules say that they move."""
    calls = [call for operation in operations for call in operation.calls]
    functions = [(call.target, call.data[:4]) for call in calls if len(call.data) >= 4]
    policy = reader.read_policy(
        reading,
        assets=[NATIVE, *named],
        accounts=named,
        functions=[*functions, *ruled],
        ahead=accounts,
        tokens=tokens,
        delay=delay,
    )
    moves = [move for call in calls for move in moves_of(call, policy)]
    assets, parties = {move.asset for move in moves} - {NATIVE}, {move.account for move in moves}
    if assets <= set(named) and parties <= set(named):
        return policy
    return policy.joined(reader.read_policy(reading, assets=sorted(assets), accounts=sorted(parties)))


def tokens_of(calls: Iterable[DecodedCall], vault: Address) -> Iterable[Address]:
    """Yield what moves by an operation, or may move from then on, and what the vault is about to list."""
    for outer in calls:
        for _, call in outer.walk():
            for effect in call.effects:
                if isinstance(effect, Move | Allowance) and effect.token != NATIVE:
                    yield effect.token
            if call.call.target == vault and call.function.startswith("setAsset("):
                yield from (
                    effect.account
                    for effect in call.effects
                    if isinstance(effect, Authority) and effect.account
                )


def ruled_by(calls: Iterable[DecodedCall], vault: Address) -> Iterable[tuple[Address, bytes]]:
    """Yield the functions whose rules an operation is about to set, by target and selector."""
    for call in calls:
        if call.call.target == vault and call.function.startswith("setRule(") and call.arguments:
            target, selector, _ = (argument.value for argument in call.arguments)
            if isinstance(target, Address) and isinstance(selector, int):
                yield target, selector.to_bytes(32, "big")[-4:]


def _descriptors(
    reading: VaultReading,
    operations: Sequence[Operation],
    accounts: Mapping[Address, AccountReading],
    aids: Aids,
) -> DescriptorBook:
    documents = own_documents(reading.head.chain_id, reading.vault)
    if aids.shelf is not None:
        data = b"".join(bytes(call.target) + call.data for each in operations for call in each.calls)
        run = [account.implementation.value for account in accounts.values() if account.implementation]
        documents += aids.shelf.documents(data, run)
    return DescriptorBook(
        descriptors=Descriptors(documents), chain_id=reading.head.chain_id, accounts=accounts
    )
