"""Whom a vault ever let move something of its own, by whatever way: a token is asked about most of them, not about all.

An ERC-20 token says what it allows. A collection of ERC-721 or ERC-1155 says it otherwise, of what goes through a
contract in between, such as Permit2, only that contract knows, and a token may not answer at all. Nobody is to be
hidden by that: who was let, and of whom nothing is answered, is named.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from eth_hash.auto import keccak

from verifier.decode.calls import decode_operation
from verifier.decode.lexicon import Lexicon
from verifier.decode.logs import APPROVAL_TOPIC
from verifier.model.address import Address
from verifier.model.effect import Allowance
from verifier.model.operation import Operation
from verifier.model.watching import LogEvent

FOR_ALL_TOPIC: Final = keccak(b"ApprovalForAll(address,address,bool)")
"""Of ERC-721 and ERC-1155; the second topic is whose things, the third who may move them."""
GRANT_TOPICS: Final = (APPROVAL_TOPIC, FOR_ALL_TOPIC)
_MOST_TARGETS: Final = 500


class Grant(NamedTuple):
    """An account may move a token of the vault's, or could once."""

    token: Address
    spender: Address
    # Which contract lets it: the token itself, or one in between.
    through: Address

    @property
    def pair(self) -> tuple[Address, Address]:
        return self.token, self.spender


def grants_of(
    operations: Iterable[Operation], logs: Iterable[LogEvent], lexicon: Lexicon
) -> dict[Grant, bool]:
    """Return every grant that is known of, and whether the last word of it was one that gives.

    Which operations were executed decides nothing: an endpoint could leave that out.

    :param operations: in the order in which they were published
    :param logs: of those topics, about the vault, in order
    """
    found: dict[Grant, bool] = {}
    for operation in operations:
        for outer in decode_operation(operation, lexicon):
            for _, call in outer.walk():
                for effect in call.effects:
                    if isinstance(effect, Allowance) and effect.owner == lexicon.vault:
                        grant = Grant(effect.token, effect.spender, call.call.target)
                        found[grant] = effect.amount != 0
    for log in logs:
        if len(log.topics) != 3:
            # The last topic of a single thing is its number.
            continue
        grant = Grant(log.emitter, Address(log.topics[2][-20:]), log.emitter)
        # An allowance is used up without a word: the token is asked. What is given for all stands until it is taken.
        is_for_all = log.topics[0] == FOR_ALL_TOPIC
        found[grant] = any(log.data) if is_for_all else found.get(grant, False) or any(log.data)
    return found


def targets_of(operations: Iterable[Operation], lexicon: Lexicon) -> list[Address]:
    """Return whom the vault called: nobody else can have been let move anything by it."""
    ours = {lexicon.vault, *(lexicon.companions.keepers if lexicon.companions else ())}
    targets = dict.fromkeys(call.target for operation in operations for call in operation.calls if call.data)
    return sorted(set(list(targets)[:_MOST_TARGETS]) - ours)
