"""What people do: real transactions, signed with their own keys. Nothing here prints or says what came of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from tests.anvil import FUNDED, Anvil
from tests.stage import Actor, Stage, deploy_companions, release
from tests.story.cast import (
    ANA,
    BEN,
    CLEO,
    DANA,
    EVAN,
    EVERYONE,
    FLOR,
    GUS,
    HANA,
    PAYROLL,
    TIERS,
    Script,
    founding,
)
from tests.tokens.compiled import data_of as token_data
from tests.tokens.compiled import deploy
from verifier.assess.quorum import asks_for_segregation
from verifier.assess.segregation import find_segregated
from verifier.decode.operations import (
    encode_approve,
    encode_call,
    encode_execute,
    encode_propose,
    encode_veto,
)
from verifier.model.address import Address
from verifier.model.lane import Lane
from verifier.model.life import Status
from verifier.model.member import Role
from verifier.model.operation import NO_SIGNATURE, Approval, Call, Operation
from verifier.model.units import LANES_PER_SEAT, Amount, ChainId, LaneIndex, MemberIndex, Timestamp, Wei
from verifier.model.units import Sequence as SequenceNumber
from verifier.sign.approval import split_signature
from verifier.sign.typed import approve_digest, id_of

_WEEK: Final = 7 * 86_400
_GAS: Final = 3_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Where the story takes place."""

    chain: Anvil
    chain_id: ChainId
    token: Address
    vault: Address
    # Hash of the configuration, as whoever founded it knows it.
    founding: bytes


def lay_ground(chain: Anvil, script: Script) -> Ground:
    """Deploy a token with 6 decimals and the vault of this release, and put money into it."""
    chain.set_time(script.at(0, "08:00"))
    token = Address(deploy(chain, "Token", 6))
    deploy_companions(chain)
    configuration = founding(token, script)
    vault = chain.deploy(bytes.fromhex(release()["creation_code"][2:]) + configuration.encode())
    chain.send(FUNDED[0], token, token_data("Token", "mint", vault, script.holdings))
    return Ground(
        chain=chain,
        chain_id=ChainId(int(chain.rpc("eth_chainId"), 16)),
        token=token,
        vault=Address(vault),
        founding=configuration.hash(),
    )


class Troupe:
    """The people, and what each of them does in the story."""

    def __init__(self, ground: Ground, script: Script) -> None:
        self._ground = ground
        self._script = script
        self._stage = Stage(ground.chain, ground.vault)
        # By the lane that they are in.
        self._operations: dict[LaneIndex, Operation] = {}

    # --------------------------------------------------------------------------------------------------- acts

    def publish_theft(self) -> LaneIndex:
        """Let the engineer publish a transfer, and try to approve it himself."""
        script = self._script
        lane = self._propose(EVAN, self._transfer(script.taken_to, script.taken), script.at(0, "09:12"))
        self._approve(EVAN, lane, script.at(0, "09:15"))
        return lane

    def sign_in_one_office(self, lane: LaneIndex) -> None:
        """Let three colleagues of one office sign what they have not read, and the engineer try to execute it."""
        for colleague, clock in ((ANA, "09:40"), (BEN, "11:05"), (CLEO, "14:20")):
            self._approve(colleague, lane, self._script.at(0, clock))
        self._execute(EVAN, lane, self._script.at(0, "14:22"))

    def sign_elsewhere(self, lane: LaneIndex) -> None:
        """Let two more sign what they have not read, in two other places, and the engineer try once more."""
        self._approve(FLOR, lane, self._script.at(0, "16:30"))
        self._approve(HANA, lane, self._script.at(1, "01:10"))
        self._execute(EVAN, lane, self._script.at(1, "01:14"))

    def wait_for_the_reader(self) -> None:
        self._ground.chain.set_time(self._script.at(2, "04:30"))

    def veto(self, lane: LaneIndex) -> None:
        data = encode_veto(lane, id_of(self._operations[lane]))
        self._send(DANA, data, self._script.at(2, "04:41"))

    def try_again(self, lane: LaneIndex) -> None:
        """Let the engineer try once more when the delay is over, and the guardian take him out."""
        after = Timestamp(max(self._lane(lane).moment + 60, self._script.at(3, "01:11")))
        self._execute(EVAN, lane, after)
        self._send(GUS, encode_call("suspend", Address(EVAN.address)), Timestamp(after + 5 * 60))

    def publish_payment(self) -> LaneIndex:
        """Let another proposer publish a payment."""
        script = self._script
        return self._propose(BEN, self._transfer(PAYROLL, script.paid), script.at(4, "09:00"))

    def sign_read(self, lane: LaneIndex) -> None:
        """Let three colleagues sign it, each at home, who have read it."""
        for colleague, clock in ((HANA, "09:30"), (FLOR, "13:10"), (DANA, "17:05")):
            self._approve(colleague, lane, self._script.at(4, clock))

    def carry_out(self, lane: LaneIndex) -> None:
        """Wait until the operation is ready, and execute it."""
        ready = max(self._lane(lane).moment, self._ground.chain.now() + 60)
        self._execute(BEN, lane, Timestamp(ready))

    def leave_a_riddle(self, now: Timestamp) -> LaneIndex:
        """Leave something in the queue for whoever watches to read on their own."""
        data = token_data("Token", "approve", self._script.taken_to, (1 << 256) - 1)
        call = Call(target=self._ground.token, value=Wei(0), data=data)
        return self._propose(BEN, call, Timestamp(max(now, self._ground.chain.now() + 1)))

    # --------------------------------------------------------------------------------------------------- steps

    def _transfer(self, to: Address, amount: Amount) -> Call:
        data = token_data("Token", "transfer", to, amount)
        return Call(target=self._ground.token, value=Wei(0), data=data)

    def _lane(self, lane: LaneIndex) -> Lane:
        return self._stage.lane(lane)[1]

    def _propose(self, by: Actor, call: Call, moment: Timestamp) -> LaneIndex:
        lane = LaneIndex(LANES_PER_SEAT * self._seat(by))
        operation = Operation(
            calls=(call,),
            lane=lane,
            sequence=SequenceNumber(self._lane(lane).sequence + 1),
            approve_by=Timestamp(moment + _WEEK),
        )
        self._operations[lane] = operation
        self._send(by, encode_propose(operation), moment)
        return lane

    def _approve(self, by: Actor, lane: LaneIndex, moment: Timestamp) -> None:
        """Let somebody sign, and the engineer's or the proposer's machine hand it in."""
        operation, publication = self._operations[lane], self._lane(lane).publication
        digest = approve_digest(
            id_of(operation), publication, chain_id=self._ground.chain_id, vault=self._ground.vault
        )
        r, s, v = by.sign(digest)
        signature = split_signature(r + s + v[31:])
        approval = Approval(seat=self._seat(by), publication=publication, signature=signature)
        named = [replace(approval, seat=seat, signature=NO_SIGNATURE) for seat in self._named(by, lane)]
        self._send(by, encode_approve(operation, [*named, approval]), moment)

    def _named(self, by: Actor, lane: LaneIndex) -> list[MemberIndex]:
        """Return whose recorded approvals are to make a quorum with one more: all of them, where no quorum is apart.

        Where nobody asks for that, recorded ones need no naming.
        """
        state = self._lane(lane)
        if state.status is not Status.PROPOSED or not asks_for_segregation(state, TIERS):
            return []
        terms = TIERS[state.tier]
        approvers = {
            seat: self._script.attributes[seat] for seat in (self._seat(by), *sorted(state.approvals))
        }
        found = find_segregated(
            approvers,
            quorum=terms.quorum,
            security=frozenset(seat for seat in approvers if EVERYONE[seat].roles & Role.SECURITY),
            security_approvals=terms.security_approvals,
        )
        named = found if isinstance(found, tuple) else state.approvals
        return sorted(set(named) - {self._seat(by)})

    def _execute(self, by: Actor, lane: LaneIndex, moment: Timestamp) -> None:
        self._send(by, encode_execute(self._operations[lane]), moment)

    def _seat(self, actor: Actor) -> MemberIndex:
        return MemberIndex(self._stage.member(actor.address).seat)

    def _send(self, by: Actor, data: bytes, moment: Timestamp) -> None:
        from eth_account import Account

        chain = self._ground.chain
        nonce = int(chain.rpc("eth_getTransactionCount", [str(Address(by.address)), "latest"]), 16)
        terms = {
            "type": 2,
            "chainId": self._ground.chain_id,
            "nonce": nonce,
            "to": str(self._ground.vault),
            "data": data,
            "value": 0,
            "gas": _GAS,
            "maxFeePerGas": 0,
            "maxPriorityFeePerGas": 0,
        }
        signed = Account.sign_transaction(terms, by.key.to_bytes())
        chain.set_next_time(moment)
        chain.send_raw(bytes(signed.raw_transaction))
