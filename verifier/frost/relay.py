"""The coordinator of a dealing or a repair: collects what all must hear in a round, and passes it on whole."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from verifier.frost.charter import Index, Pen
from verifier.frost.dealing_messages import Call
from verifier.frost.judge import Verdict
from verifier.frost.repair_messages import RepairCall
from verifier.frost.shares import GroupKey
from verifier.frost.turn import Turn


class Stage(Enum):
    OFFERS = "offers"
    SUB_SHARES = "sub-shares"
    # Of a repair only.
    SUMS = "sums"
    CONFIRMATIONS = "confirmations"
    # All have confirmed: the trial is to be signed (`coordinator.start_signing`), and `certify` called.
    TRIAL = "trial"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    call: Call | RepairCall
    pen: Pen
    session: bytes
    stage: Stage
    # Who is awaited in this stage.
    awaited: tuple[Index, ...]
    # The key that is made, once all offers are there.
    key: GroupKey | None
    # Once FAILED, where a lie is proven.
    verdict: Verdict | None


def start_dealing(call: Call, pen: Pen, *, session: bytes) -> Turn[Relay]:
    raise NotImplementedError


def start_repair(call: RepairCall, key: GroupKey, pen: Pen, *, session: bytes) -> Turn[Relay]:
    raise NotImplementedError


def receive(relay: Relay, raw: bytes) -> Turn[Relay]:
    raise NotImplementedError


def certify(relay: Relay, signature: bytes) -> Turn[Relay]:
    """Send the certificate to all, with the trial's signature."""
    raise NotImplementedError
