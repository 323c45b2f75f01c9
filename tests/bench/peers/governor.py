"""An OpenZeppelin Governor in front of a TimelockController; each of the owners holds one vote.

The assets lie in the timelock. One proposes, as many vote as sign elsewhere, each in a transaction of its own, the
voting period passes, anyone queues, the delay passes, and anyone executes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from eth_abi.abi import encode
from eth_hash.auto import keccak

from tests.anvil import FUNDED, Anvil, Outcome
from tests.bench.artifact import Artifact
from tests.bench.outcomes import done
from tests.bench.peers.safe import NO_WORD, NOBODY
from tests.bench.peers.timelock import timelock_artifact
from tests.stage import HOUR, Actor, Call

VOTE: Final = "Vote.sol"
COUNCIL: Final = "Council.sol"
PROPOSER_ROLE: Final = keccak(b"PROPOSER_ROLE")
# Between the proposal and the end of voting, which comes before the delay; `Council.sol` says the same.
VOTING: Final = HOUR
IN_FAVOUR: Final = 1
# The shortest there is. It makes a proposal unlike any other of the same calls, so the same calls can be made once.
DESCRIPTION: Final = ""


@cache
def _vote() -> Artifact:
    return Artifact.compile(VOTE)


@cache
def _council() -> Artifact:
    return Artifact.compile(COUNCIL)


@dataclass(frozen=True, slots=True, kw_only=True)
class GovernorAndTimelock:
    """The voters, the governor that counts their votes, and the timelock that it queues on."""

    chain: Anvil
    delay: int
    voters: Sequence[Actor]
    quorum: int
    governor: bytes
    holder: bytes
    name: str = "Governor"

    def move(self, calls: Sequence[Call]) -> list[int]:
        targets, values, payloads = zip(*calls, strict=True)
        batch = (targets, values, payloads)
        known = (*batch, keccak(DESCRIPTION.encode()))
        proposal = int.from_bytes(
            self.chain.call(self.governor, _council().data_of("hashProposal", *known)).data
        )
        first = self.voters[0].address
        steps = [self._send(first, "propose", *batch, DESCRIPTION)]
        steps += [
            self._send(voter.address, "castVote", proposal, IN_FAVOUR) for voter in self.voters[: self.quorum]
        ]
        self.chain.set_time(self.chain.now() + VOTING)
        steps.append(self._send(first, "queue", *known))
        self.chain.set_time(self.chain.now() + self.delay)
        steps.append(self._send(first, "execute", *known))
        return [step.gas_used for step in steps]

    def _send(self, sender: bytes, function: str, *arguments: Any) -> Outcome:
        return done(self.chain.send(sender, self.governor, _council().data_of(function, *arguments)))


def deploy_governor(chain: Anvil, voters: Sequence[Actor], quorum: int, *, delay: int) -> GovernorAndTimelock:
    addresses = [voter.address for voter in voters]
    admin = FUNDED[0]
    timelock = chain.deploy(timelock_artifact().creation_with(delay, [], [NOBODY], admin))
    vote = chain.deploy(_vote().creation + encode(["address[]"], [addresses]))
    for address in addresses:
        done(chain.send(address, vote, _vote().data_of("delegate", address)))
    governor = chain.deploy(_council().creation_with(vote, timelock, 100 * quorum // len(voters)))
    done(chain.send(admin, timelock, timelock_artifact().data_of("grantRole", PROPOSER_ROLE, governor)))
    done(chain.send(admin, timelock, timelock_artifact().data_of("renounceRole", NO_WORD, admin)))
    return GovernorAndTimelock(
        chain=chain, delay=delay, voters=voters, quorum=quorum, governor=governor, holder=timelock
    )
