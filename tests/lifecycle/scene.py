"""One operation and the people around it, for tests that lead it somewhere by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from eth_abi.abi import decode

from tests.lifecycle.run import Run
from tests.lifecycle.vocabulary import data_of, id_of
from tests.lifecycle.world import FRIEND
from tests.stage import DAY, ETHER, STRANGER
from verifier.errors.tree import VaultError
from verifier.model.address import Address
from verifier.model.life import Status, Step
from verifier.model.operation import Call, Operation
from verifier.model.units import LaneIndex, Sequence, Timestamp, Wei

BYSTANDER: Final = Address(STRANGER)
HURRIED_BY: Final = ("ann", "bob", "eve")
"""A quorum that consents to hurry; Eve has BREAK_GLASS."""


@dataclass(slots=True)
class Scene:
    """One operation and the people around it: Pam publishes, and five may approve (quorum 3, supermajority 4)."""

    run: Run
    operation: Operation

    # ------------------------------------------------------------------- steps

    def step(self, step: Step, who: str | None = None) -> VaultError | None:
        run, operation = self.run, self.operation
        match step:
            case Step.PROPOSE:
                return run.step("pam", "propose", operation, [])
            case Step.APPROVE:
                return self.approve(who or "ann")
            case Step.WITHDRAW:
                return run.step(who or "ann", "withdraw", operation)
            case Step.OBJECT:
                return run.step("gus", "object", operation)
            case Step.VETO:
                return run.step("gus", "veto", operation.lane, id_of(operation))
            case Step.CANCEL:
                return run.step("pam", "cancel", operation.lane, id_of(operation))
            case Step.EXPEDITE:
                consents = [run.consent(name, operation) for name in HURRIED_BY]
                return run.step(BYSTANDER, "expedite", operation, consents)
            case Step.EXECUTE:
                return run.step("hal", "execute", operation)
            case Step.CLOCK:
                raise NotImplementedError

    def propose(self, *approvers: str) -> None:
        approvals = [self.run.sign(name, self.operation) for name in approvers]
        assert self.run.step("pam", "propose", self.operation, approvals) is None

    def approve(self, *names: str) -> VaultError | None:
        approvals = [self.run.sign_published(name, self.operation) for name in names]
        return self.run.step(BYSTANDER, "approve", self.operation, approvals)

    def must_approve(self, *names: str) -> None:
        assert self.approve(*names) is None

    def suspend(self, name: str) -> None:
        """Let a counted approver leave: the epoch moves."""
        assert self.run.step(name, "suspend", self.run.address(name)) is None

    # ------------------------------------------------------------------- clocks

    def wait_until(self, moment: int) -> None:
        self.run.time = max(self.run.time, Timestamp(moment))

    def wait_until_ready(self) -> None:
        self.wait_until(self.run.state.lane(self.operation.lane).state.moment)

    def wait_until_expired(self) -> None:
        self.wait_until(self.run.state.lane(self.operation.lane).state.expires_at + 1)

    # ------------------------------------------------------------------- reading

    def status(self) -> Status:
        """Return what the vault itself says, of exactly this operation, at the moment of the next step."""
        with self.run.chain.isolate():
            self.run.chain.set_time(self.run.time)
            answer = self.run.chain.call(self.run.vault, data_of("lane", [self.operation.lane]))
        operation_id, _, status = decode(["bytes32", "uint256", "uint256"], answer.data)
        return Status(status) if operation_id == id_of(self.operation) else Status.UNKNOWN


def payment(run: Run, *, approve_within: int = 7 * DAY) -> Scene:
    """A STANDARD payment: quorum 3, a day of delay, four of grace."""
    return staged(run, Call(target=FRIEND, value=Wei(5 * ETHER), data=b""), approve_within)


def seat_operation(run: Run, *, approve_within: int = 7 * DAY) -> Scene:
    """The removal of the auditor: quorum 3 with one of the security team, 30 hours of delay, five days of grace."""
    data = data_of("removeMember", [run.address("aud")])
    return staged(run, Call(target=run.vault, value=Wei(0), data=data), approve_within)


def staged(run: Run, call: Call, approve_within: int = 7 * DAY, *, sequence: int = 1) -> Scene:
    """An operation of one call, which Pam can publish."""
    lane = LaneIndex(8 * run.record("pam").seat)
    approve_by = Timestamp(run.time + approve_within)
    return Scene(run, Operation(calls=(call,), lane=lane, sequence=Sequence(sequence), approve_by=approve_by))
