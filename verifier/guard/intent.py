"""What a guard wrote down before it acts on an operation: at most one for an id, for ever.

  EXPLAINED ----------> SIGNED ------> DONE
      |  told, or waited   | ^           | the chain was re-organised
      |                    | '-----------'
      '---> NEEDLESS <-----'   it ended otherwise

It is written before each step, in one transaction with what is told of it. The signed transaction is a part of it: a
guard that died sends these very bytes again, so that there is one veto however often it dies.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final, Self

from verifier.model.reading import VaultReading
from verifier.model.text import Shown, sanitise
from verifier.model.units import LaneIndex, OperationId, Timestamp, Wei
from verifier.model.watching import WatchedFact

SUBJECT: Final = "guard/"
_NO_FEE: Final = Wei(0)
_NEVER: Final = Timestamp(0)


class Stage(StrEnum):
    """How far it got."""

    EXPLAINED = "explained"
    SIGNED = "signed"
    DONE = "done"
    NEEDLESS = "needless"


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """That an operation is to be stopped, and how far that got."""

    operation_id: OperationId
    lane: LaneIndex
    rule: Shown
    stage: Stage
    # By the guard's clock: when it was written down, and when it stops waiting for somebody to be told.
    at: Timestamp
    until: Timestamp
    # Of a seat operation, which takes an objection.
    is_objection: bool = False
    # Key of the happening that explains it.
    explained: str
    # Signed, as it was or will be sent; empty before.
    transaction: bytes = b""
    nonce: int = 0
    gas: int = 0
    # For a unit of gas: at most, and of that to whoever makes the block.
    fee: Wei = _NO_FEE
    tip: Wei = _NO_FEE
    signed_at: Timestamp = _NEVER
    # How often it was signed anew.
    tries: int = 0

    @property
    def counts(self) -> bool:
        """Whether it counts as a veto: one that was not needed does not, unless it was signed, and so has its price.

        Else whoever publishes and cancels in time empties the guard's account, and never reaches a limit.
        """
        return self.stage is not Stage.NEEDLESS or self.tries > 0

    @property
    def subject(self) -> str:
        return f"{SUBJECT}0x{self.operation_id.hex()}"

    @property
    def value(self) -> str:
        """As a fact keeps it: canonical JSON."""
        return json.dumps(
            {
                "lane": int(self.lane),
                "rule": self.rule,
                "stage": self.stage.value,
                "at": int(self.at),
                "until": int(self.until),
                "objection": self.is_objection,
                "explained": self.explained,
                "transaction": self.transaction.hex(),
                "nonce": self.nonce,
                "gas": self.gas,
                "fee": int(self.fee),
                "tip": int(self.tip),
                "signed_at": int(self.signed_at),
                "tries": self.tries,
            },
            sort_keys=True,
            separators=(",", ":"),
        )

    def moved(self, stage: Stage, **changes: Any) -> Self:
        """Return it at another stage."""
        return replace(self, stage=stage, **changes)


def read_intents(facts: Mapping[str, WatchedFact]) -> dict[OperationId, Intent]:
    """Return what is written down, by operation.

    :raises ValueError: something there is no intent: the store is not what a guard wrote.
    """
    found = (_intent(name, fact) for name, fact in facts.items() if name.startswith(SUBJECT))
    return {intent.operation_id: intent for intent in found}


def _intent(subject: str, fact: WatchedFact) -> Intent:
    try:
        record = json.loads(fact.value)
        return Intent(
            operation_id=OperationId(bytes.fromhex(subject.removeprefix(f"{SUBJECT}0x"))),
            lane=LaneIndex(int(record["lane"])),
            rule=sanitise(record["rule"], most=40),
            stage=Stage(record["stage"]),
            at=Timestamp(int(record["at"])),
            until=Timestamp(int(record["until"])),
            is_objection=record["objection"] is True,
            explained=str(record["explained"]),
            transaction=bytes.fromhex(record["transaction"]),
            nonce=int(record["nonce"]),
            gas=int(record["gas"]),
            fee=Wei(int(record["fee"])),
            tip=Wei(int(record["tip"])),
            signed_at=Timestamp(int(record["signed_at"])),
            tries=int(record["tries"]),
        )
    except (KeyError, TypeError, AttributeError) as exc:
        raise ValueError(f"the fact {subject} is no intent") from exc


def fact_of(intent: Intent, reading: VaultReading) -> WatchedFact:
    """Return an intent as a fact, at the block that it rests on."""
    return WatchedFact(
        chain_id=reading.head.chain_id,
        vault=reading.vault,
        subject=intent.subject,
        value=intent.value,
        block=reading.head.number,
        block_hash=reading.head.hash,
    )
