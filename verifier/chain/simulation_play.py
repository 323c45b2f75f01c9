"""How an operation is played before it may be executed: which call, by whom, when, and what the vault is told first.

What is played is the very transaction that will execute it: `execute(operation)`, sent by a member who may send it. So
the vault itself makes the calls, all or none, with its lock held, in one transaction, and refuses what it would refuse:
playing the calls one by one from the vault's address would show none of that. Where the operation is not approved or
not ready yet, the lane's two words are replaced by those that it will have when it is ready, for the time of the
simulation: nothing else is made up. That approvals will still count then is not for a simulation to say.

The block is the next one, at the time that was asked for: a contract that counts blocks instead of seconds sees less
time pass than there will be, since endpoints do not play long empty stretches.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from verifier.chain import layout
from verifier.decode.operations import encode_execute
from verifier.model.address import NOBODY, Address
from verifier.model.lane import EMPTY_LANE
from verifier.model.life import Status
from verifier.model.operation import Operation
from verifier.model.reading import LaneReading, VaultReading
from verifier.model.tier import Tier, TierTerms
from verifier.model.units import BlockNumber, Hours, MemberIndex, Timestamp, seat_of_lane
from verifier.sign.typed import id_of

# What a transaction may use at most where EIP-7825 is in force; no vault's operation may count on more.
GAS: Final = 1 << 24
# Whatever the chain's own limit is, there is room for the operation and for looking around before and after.
_BLOCK_GAS: Final = 100_000_000
_QUARTER: Final = 900
_WEEK: Final = 7 * 24 * 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """A call of the vault on top of a block."""

    vault: Address
    # Who sends it.
    caller: Address
    data: bytes
    # The block under it, and the time of the one that it is in.
    block: BlockNumber
    at: Timestamp
    # Words of the vault that are replaced first, by slot. Empty where it is played as everything stands.
    words: Mapping[int, int] = field(default_factory=dict)

    @property
    def base(self) -> str:
        """The block under it, as endpoints are asked for it."""
        return hex(self.block)

    @property
    def call(self) -> dict[str, Any]:
        """The call, as endpoints take it."""
        return {
            "from": str(self.caller),
            "to": str(self.vault),
            "input": "0x" + self.data.hex(),
            "value": "0x0",
            "gas": hex(GAS),
        }

    @property
    def block_overrides(self) -> dict[str, Any]:
        """What the block is like. Its fees go to nobody: else whoever made the last block would seem to take part."""
        return {
            "number": hex(self.block + 1),
            "time": hex(self.at),
            "gasLimit": hex(_BLOCK_GAS),
            "feeRecipient": str(NOBODY),
        }

    @property
    def state_overrides(self) -> dict[str, Any]:
        if not self.words:
            return {}
        words = {f"0x{slot:064x}": f"0x{word:064x}" for slot, word in self.words.items()}
        return {str(self.vault): {"stateDiff": words}}


def play_of(
    reading: VaultReading, lane: LaneReading | None, operation: Operation, at: Timestamp
) -> Play | None:
    """Return how to play an operation at a moment, or at the first one after it at which a block can be that executes
    it; None where nobody is left who may execute.

    :param lane: where the operation stands; None where it is not published yet
    :raises NumberOutOfRange: the vault knows no moment so far away.
    """
    caller = _caller(reading, seat_of_lane(operation.lane))
    if caller is None:
        return None
    tier = lane.state.tier if lane else Tier.CUSTODY
    moment = Timestamp(max(at, reading.head.timestamp + 1))
    if tier in reading.roster.value.windows:
        moment = _open_from(reading.tiers.value[tier], moment)
    return Play(
        vault=reading.vault,
        caller=caller,
        data=encode_execute(operation),
        block=reading.head.number,
        at=moment,
        words=_words(reading, lane, operation, tier, moment),
    )


def _words(
    reading: VaultReading, lane: LaneReading | None, operation: Operation, tier: Tier, at: Timestamp
) -> Mapping[int, int]:
    """Return the lane's words as they are when the operation is ready, or none where they are so already."""
    operation_id, epoch = id_of(operation), reading.roster.value.epoch
    state = lane.state if lane else EMPTY_LANE
    is_there = lane is not None and lane.operation_id == operation_id
    if is_there and state.status_at(at) is Status.READY and state.epoch == epoch:
        return {}
    ready = replace(
        state,
        status=Status.WAITING,
        moment=at,
        epoch=epoch,
        sequence=operation.sequence,
        tier=tier,
        grace_hours=Hours(max(state.grace_hours, 1)),
    )
    return {
        layout.lane_id(operation.lane): int.from_bytes(operation_id, "big"),
        layout.lane_state(operation.lane): ready.pack(),
    }


def _caller(reading: VaultReading, proposer: MemberIndex) -> Address | None:
    """Return an active member: the proposer before all others."""
    members = reading.members.value.values()
    able = [member for member in members if member.record.is_active and not member.record.is_group]
    able.sort(key=lambda member: (member.record.seat != proposer, member.record.seat))
    return able[0].address if able else None


def _open_from(terms: TierTerms, at: Timestamp) -> Timestamp:
    """Return the first moment from then on at which a tier's window is open; `at` itself where it never opens."""
    if terms.is_open_at(at):
        return at
    first = at - at % _QUARTER
    later = (Timestamp(first + i * _QUARTER) for i in range(1, _WEEK + 1))
    return next((moment for moment in later if terms.is_open_at(moment)), at)
