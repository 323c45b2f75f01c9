"""Who is in a story, and what they sign: the vault as its model has it, people by their names, and their signatures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tests.lifecycle import messages
from tests.lifecycle.journal import Journal
from tests.lifecycle.messages import Message
from tests.lifecycle.signatures import sign, sign_as_account, sign_as_group
from tests.lifecycle.state import Block, State
from tests.lifecycle.vocabulary import id_of
from tests.lifecycle.world import FRIEND, SPENDER, Head, World
from tests.stage import STRANGER
from verifier.model.address import Address
from verifier.model.life import OPEN
from verifier.model.member import MemberRecord
from verifier.model.operation import NO_SIGNATURE, UNPUBLISHED, Approval, Operation, Publication, Signature
from verifier.model.units import ChainId, MemberIndex, Timestamp


class People:
    """The model of one vault, and the people around it."""

    def __init__(self, world: World, name: str) -> None:
        self.world: Final = world
        founded = world.vaults[name]
        self.vault: Final = founded.vault
        self.reference: Final = world.reference(founded)
        self.keepers: Final = world.keepers(self.vault)
        self.journal: Final = Journal(founded.vault, self.reference.chain_id)
        self.journal.begin(self.state, founded.block)
        # Every operation that was published, in order.
        self.operations: Final[list[Operation]] = []
        # Every approval that was ever made, with the operation it was made for.
        self.made: Final[list[tuple[Operation, Approval]]] = []
        self._names: Final[dict[bytes, str]] = {address: name for name, address in world.addresses.items()}
        self._names.update({FRIEND: "friend", SPENDER: "spender", STRANGER: "stranger", self.vault: "vault"})
        self._names.update({world.token: "token", world.unlisted: "unlisted token", world.venue: "venue"})
        self._names.update({address: name for address, name in self.keepers.items() if name != "vault"})
        self._head = world.head
        # When the next step happens.
        self.time = Timestamp(self._head.time + 1)

    # ------------------------------------------------------------------- looking

    @property
    def state(self) -> State:
        return self.reference.state

    @property
    def latest(self) -> Head:
        return self._head

    @property
    def next_block(self) -> Block:
        return self._head.child(self.time)

    def address(self, name: str) -> Address:
        return self.world.addresses[name]

    def name(self, address: bytes) -> str:
        return self._names.get(address, "0x" + address.hex()[:6])

    def record(self, name: str) -> MemberRecord:
        return self.state.record(self.address(name))

    def seated(self, is_fit: Callable[[MemberRecord], bool] = lambda _: True) -> list[str]:
        """Return who has a seat and is fit, by name."""
        found = [name for name in self.world.addresses if self.record(name).is_seated]
        return [name for name in found if is_fit(self.record(name))]

    def is_open(self, operation: Operation) -> bool:
        slot = self.state.lane(operation.lane)
        return slot.id == id_of(operation) and slot.state.status_at(self.time) in OPEN

    def open_operations(self) -> list[Operation]:
        return [operation for operation in self.operations if self.is_open(operation)]

    # ------------------------------------------------------------------- signing

    def sign(
        self,
        name: str,
        operation: Operation,
        publication: Publication = UNPUBLISHED,
        *,
        seat: int | None = None,
        vault: Address | None = None,
        chain_id: ChainId | None = None,
    ) -> Approval:
        """Let somebody sign, for this vault unless another is named; the journal hears of it."""
        message = messages.approval(id_of(operation), publication.pack())
        approval = Approval(
            seat=MemberIndex(self.record(name).seat if seat is None else seat),
            publication=publication,
            signature=self.signature(name, message, vault=vault, chain_id=chain_id),
        )
        self.made.append((operation, approval))
        return approval

    def signature(
        self, name: str, message: Message, *, vault: Address | None = None, chain_id: ChainId | None = None
    ) -> Signature:
        """Let somebody sign a message, in the way of a member or of a group."""
        vault, chain_id = vault or self.vault, chain_id or self.reference.chain_id
        self.journal.signed.add((self.address(name), vault, chain_id, message))
        digest = message.digest(chain_id, vault)
        if name not in self.world.flocks:
            return sign(self.world.cast[name], digest)
        group, record = self.world.flocks[name].group, self.record(name)
        # Somebody with the whole key may have had it seated as an account.
        is_account = record.is_seated and not record.is_group
        return sign_as_account(group, digest) if is_account else sign_as_group(group, digest)

    def consent(self, name: str, operation: Operation, ready_at: Timestamp | None = None) -> Approval:
        """Let somebody consent to hurry, from the present `readyAt` on unless another moment is named."""
        lane = self.state.lane(operation.lane).state
        moment = lane.moment if ready_at is None else ready_at
        message = messages.expedite(id_of(operation), lane.publication.pack(), moment)
        return self._entry(name, lane.publication, self.signature(name, message))

    def word_of(self, name: str, message: Message) -> Approval:
        """Let somebody, a group as a rule, say something that it does not send itself."""
        return self._entry(name, UNPUBLISHED, self.signature(name, message))

    def _entry(self, name: str, publication: Publication, signature: Signature) -> Approval:
        return Approval(seat=self.record(name).seat, publication=publication, signature=signature)

    def sign_published(self, name: str, operation: Operation) -> Approval:
        return self.sign(name, operation, self.publication(operation))

    def own(self, name: str, operation: Operation, publication: Publication | None = None) -> Approval:
        """Return the entry by which somebody approves in a transaction of its own."""
        return Approval(
            seat=self.record(name).seat,
            publication=publication or self.publication(operation),
            signature=NO_SIGNATURE,
        )

    def publication(self, operation: Operation) -> Publication:
        return self.state.lane(operation.lane).state.publication
