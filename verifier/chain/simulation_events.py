"""What the events of a simulation say about balances and allowances. A contract may write into them what it likes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from eth_hash.auto import keccak

from verifier.chain.answer import Answer
from verifier.model.address import NOBODY, Address
from verifier.model.asset import NATIVE

# An operation has not the gas for more.
_MOST_EVENTS: Final = 50_000
# Of one event; more do not fit into what a transaction may use.
_MOST_ITEMS: Final = 2_000

# Where endpoints write moves of the native coin (ERC-7528); at first it was the zero address.
_NATIVE_EMITTERS: Final = (Address(b"\xee" * 20), NOBODY)


def _topic(signature: str) -> bytes:
    return keccak(signature.encode("ascii"))


_TRANSFER: Final = _topic("Transfer(address,address,uint256)")
_TRANSFER_SINGLE: Final = _topic("TransferSingle(address,address,address,uint256,uint256)")
_TRANSFER_BATCH: Final = _topic("TransferBatch(address,address,address,uint256[],uint256[])")
_APPROVAL: Final = _topic("Approval(address,address,uint256)")
_APPROVAL_FOR_ALL: Final = _topic("ApprovalForAll(address,address,bool)")
# Of Permit2, and of whatever is built like it.
_PERMIT2_APPROVAL: Final = _topic("Approval(address,address,address,uint160,uint48)")
_PERMIT2_PERMIT: Final = _topic("Permit(address,address,address,uint160,uint48,uint48)")
_PERMIT2_LOCKDOWN: Final = _topic("Lockdown(address,address,address)")
_KNOWN: Final = frozenset({
    _TRANSFER, _TRANSFER_SINGLE, _TRANSFER_BATCH, _APPROVAL, _APPROVAL_FOR_ALL,
    _PERMIT2_APPROVAL, _PERMIT2_PERMIT, _PERMIT2_LOCKDOWN,
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """An event of a kind that is read here."""

    emitter: Address
    topics: tuple[bytes, ...]
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What somebody has of an asset. The native coin is the zero address."""

    token: Address
    account: Address
    # Of an ERC-721 or ERC-1155 token.
    token_id: int | None = None
    # Of an ERC-721 token: there is only one of it.
    is_single: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """That somebody may move what another one has."""

    token: Address
    owner: Address
    spender: Address
    # Of an ERC-721 token.
    token_id: int | None = None
    # All tokens of a collection.
    is_for_all: bool = False
    # Where it is kept, if not in the token.
    through: Address | None = None


@dataclass(slots=True)
class Said:
    """What all events together say."""

    # By how much a holding changes, in base units.
    moves: dict[Holding, int] = field(default_factory=dict)
    # What is allowed at the end, and until when (seconds; 0 where nothing is said).
    grants: dict[Grant, tuple[int, int]] = field(default_factory=dict)

    def move(self, token: Address, sender: Address, recipient: Address, amount: int) -> None:
        self._add(Holding(token=token, account=sender), -amount)
        self._add(Holding(token=token, account=recipient), amount)

    def move_id(
        self, token: Address, ends: tuple[Address, Address], token_id: int, amount: int, *, is_single: bool
    ) -> None:
        for account, sign in zip(ends, (-1, 1), strict=True):
            holding = Holding(token=token, account=account, token_id=token_id, is_single=is_single)
            self._add(holding, sign * amount)

    def _add(self, holding: Holding, amount: int) -> None:
        # Minting and burning are written as moves from and to nobody.
        if holding.account != NOBODY or holding.token == NATIVE:
            self.moves[holding] = self.moves.get(holding, 0) + amount


def read_logs(answer: Answer) -> list[Log]:
    """Return the events of a kind that is read here, in their order.

    :raises EndpointAnswerMalformed: it is no list of events, or an endless one.
    """
    entries = answer.items()
    if len(entries) > _MOST_EVENTS:
        raise answer.malformed(f"there are {len(entries)} events, and no operation makes that many")
    logs = []
    for entry in entries:
        topics = entry.at("topics").items()
        if topics and topics[0].data(32) in _KNOWN:
            logs.append(
                Log(
                    emitter=Address(entry.at("address").data(20)),
                    topics=tuple(topic.data(32) for topic in topics),
                    data=entry.at("data").data(),
                )
            )
    return logs


def what_logs_say(logs: Iterable[Log]) -> Said:
    """Return what events say. One that is not written as its standard wants it says nothing."""
    said = Said()
    for log in logs:
        parties = [_address(topic) for topic in log.topics[1:]]
        kind, count = log.topics[0], len(log.topics)
        if kind == _TRANSFER:
            _transfer(said, log, parties)
        elif kind == _TRANSFER_SINGLE and count == 4 and len(log.data) == 64:
            token_id, amount = _numbers(log.data)
            ends = (parties[1], parties[2])
            said.move_id(log.emitter, ends, token_id, amount, is_single=False)
        elif kind == _TRANSFER_BATCH and count == 4:
            for token_id, amount in _pairs(log.data):
                said.move_id(log.emitter, (parties[1], parties[2]), token_id, amount, is_single=False)
        elif kind == _APPROVAL:
            _approval(said, log, parties)
        elif kind == _APPROVAL_FOR_ALL and count == 3 and len(log.data) == 32:
            grant = Grant(token=log.emitter, owner=parties[0], spender=parties[1], is_for_all=True)
            said.grants[grant] = (int(any(log.data)), 0)
        else:
            _permit2(said, log, parties)
    return said


def _transfer(said: Said, log: Log, parties: list[Address]) -> None:
    if len(parties) == 2 and len(log.data) == 32:
        token = NATIVE if log.emitter in _NATIVE_EMITTERS else log.emitter
        said.move(token, parties[0], parties[1], int.from_bytes(log.data, "big"))
    elif len(parties) == 3 and not log.data:
        token_id = int.from_bytes(log.topics[3], "big")
        said.move_id(log.emitter, (parties[0], parties[1]), token_id, 1, is_single=True)


def _approval(said: Said, log: Log, parties: list[Address]) -> None:
    if len(parties) == 2 and len(log.data) == 32:
        grant = Grant(token=log.emitter, owner=parties[0], spender=parties[1])
        said.grants[grant] = (int.from_bytes(log.data, "big"), 0)
    elif len(parties) == 3 and not log.data and parties[1] != NOBODY:
        token_id = int.from_bytes(log.topics[3], "big")
        grant = Grant(token=log.emitter, owner=parties[0], spender=parties[1], token_id=token_id)
        said.grants[grant] = (1, 0)


def _permit2(said: Said, log: Log, parties: list[Address]) -> None:
    kind, words = log.topics[0], _numbers(log.data)
    if kind == _PERMIT2_LOCKDOWN and len(parties) == 1 and len(words) == 2:
        token, spender = (_address(log.data[i : i + 32]) for i in (0, 32))
        amount, until = 0, 0
    elif kind in (_PERMIT2_APPROVAL, _PERMIT2_PERMIT) and len(parties) == 3 and len(words) >= 2:
        (token, spender), (amount, until) = parties[1:], words[:2]
    else:
        return
    grant = Grant(token=token, owner=parties[0], spender=spender, through=log.emitter)
    said.grants[grant] = (amount, until)


def _pairs(data: bytes) -> list[tuple[int, int]]:
    """Return ids and amounts of a batch; none where the two lists do not stand where they should."""
    words = _numbers(data)
    if len(words) < 4 or words[0] != 64 or words[2] > _MOST_ITEMS:
        return []
    count = words[2]
    second = 3 + count
    if words[1] != 32 * second or len(words) != second + 1 + count or words[second] != count:
        return []
    return list(zip(words[3:second], words[second + 1 :], strict=True))


def _numbers(data: bytes) -> list[int]:
    """Return whole words as numbers."""
    return [int.from_bytes(data[i : i + 32], "big") for i in range(0, len(data) - 31, 32)]


def _address(word: bytes) -> Address:
    return Address(word[12:])
