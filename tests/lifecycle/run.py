"""One story in lock-step: contract and model make every step, and are compared to the last bit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from tests.anvil import Outcome
from tests.lifecycle.compare import require_same_fate, require_same_words
from tests.lifecycle.invariants import BEFORE_WRITING
from tests.lifecycle.journal import Act, Journal, Wealth
from tests.lifecycle.outside import Reverted
from tests.lifecycle.replay import Replay
from tests.lifecycle.signatures import sign
from tests.lifecycle.state import Block, State, Words
from tests.lifecycle.story import tell
from tests.lifecycle.tally import Tally
from tests.lifecycle.vocabulary import data_of, id_of
from tests.lifecycle.world import FRIEND, SPENDER, Head, World
from tests.stage import STRANGER
from tests.tokens.compiled import data_of as token_data_of
from verifier.errors.revert import from_revert
from verifier.errors.tree import VaultError
from verifier.model.address import Address
from verifier.model.life import OPEN
from verifier.model.member import MemberRecord
from verifier.model.operation import NO_SIGNATURE, UNPUBLISHED, Approval, Operation, Publication
from verifier.model.units import ChainId, MemberIndex, Timestamp
from verifier.sign.typed import approve_digest


class Run:
    """One vault, from its founding on. `close` puts the chain back."""

    def __init__(
        self,
        world: World,
        name: str,
        tally: Tally,
        *,
        say: Callable[[str], None] = print,
        mark: Callable[[str], None] = print,
    ) -> None:
        self.world: Final = world
        self.chain: Final = world.chain
        self.tally: Final = tally
        # Where the story goes, and its rarer turns.
        self._say: Final = say
        self._mark: Final = mark
        founded = world.vaults[name]
        self.vault: Final = founded.vault
        self.reference: Final = world.reference(founded)
        self.replay: Final = Replay(founded.logs, founded.block.time)
        self.journal: Final = Journal(founded.vault, self.reference.chain_id)
        self.journal.begin(self.state, founded.block)
        # Every operation that was published, in order.
        self.operations: Final[list[Operation]] = []
        # Every approval that was ever made, with the operation it was made for.
        self.made: Final[list[tuple[Operation, Approval]]] = []
        self._names: Final[dict[bytes, str]] = {address: name for name, address in world.addresses.items()}
        self._names.update({FRIEND: "friend", SPENDER: "spender", STRANGER: "stranger", self.vault: "vault"})
        self._names.update({world.token: "token", world.unlisted: "unlisted token"})
        self._head = world.head
        self.latest_act: Act | None = None
        # When the next step happens.
        self.time = Timestamp(self._head.time + 1)
        self._snapshot: Final = self.chain.snapshot()
        self._words = self.state.words()
        self._wealth, stored, _ = self._read(self._words)
        require_same_words(stored, self._words, self.replay.words())

    def close(self) -> None:
        self.chain.revert(self._snapshot)

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
        found = [name for name in self.world.cast if self.record(name).is_seated]
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
        vault, chain_id = vault or self.vault, chain_id or self.reference.chain_id
        operation_id = id_of(operation)
        digest = approve_digest(operation_id, publication, chain_id=chain_id, vault=vault)
        approval = Approval(
            seat=MemberIndex(self.record(name).seat if seat is None else seat),
            publication=publication,
            signature=sign(self.world.cast[name], digest),
        )
        self.journal.signed.add((self.address(name), vault, chain_id, operation_id, publication.pack()))
        self.made.append((operation, approval))
        return approval

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

    # -------------------------------------------------------------------- acting

    def step(self, sender: str | Address, function: str, *arguments: Any) -> VaultError | None:
        """Let somebody call the vault, in contract and model. Return why both refused."""
        who = self.address(sender) if isinstance(sender, str) else sender
        block, before = self.next_block, self.state.copy()
        refused = self.reference.attempt(block, who, function, arguments)
        if function == "propose" and refused is None:
            self.operations.append(arguments[0])
        self._say(tell(self.name, block.time, who, function, arguments, refused))
        outcome = self.chain_send(who, self.vault, data_of(function, arguments))
        self._compare(outcome, who, function, arguments, refused, before)
        return refused

    def deposit(self, sender: Address, wei: int) -> None:
        """Let somebody pay into the vault."""
        before = self.state.copy()
        self.reference.outside.native[self.vault] += wei
        self._say(tell(self.name, self.time, sender, "deposit", [wei], None))
        outcome = self.chain_send(sender, self.vault, b"", wei)
        self._compare(outcome, sender, "deposit", (wei,), None, before)

    def pull(self, spender: Address, token: Address, amount: int) -> VaultError | None:
        """Let a spender take tokens out of the vault. Return why it may not."""
        before, refused = self.state.copy(), None
        data = token_data_of("Token", "transferFrom", self.vault, spender, amount)
        book = self.reference.outside.tokens[token].copy()
        try:
            book.perform(spender, data)
            self.reference.outside.tokens[token] = book
        except Reverted as exc:
            refused = from_revert(exc.reason)
        self._say(tell(self.name, self.time, spender, "pull", [token, amount], refused))
        outcome = self.chain_send(spender, token, data)
        self._compare(outcome, spender, "pull", (token, amount), refused, before)
        return refused

    def chain_send(self, sender: Address, to: Address, data: bytes, value: int = 0) -> Outcome:
        self.chain.set_next_time(self.time)
        return self.chain.send(sender, to, data, value=value)

    # ----------------------------------------------------------------- comparing

    def _compare(
        self,
        outcome: Outcome,
        sender: Address,
        function: str,
        arguments: Sequence[Any],
        refused: VaultError | None,
        before: State,
    ) -> None:
        """Hold the fate of a transaction, all that storage has, and the invariants against what was predicted."""
        require_same_fate(outcome, refused)
        block = self.next_block
        self._head = Head.after(outcome)
        assert (self._head.number, self._head.time) == (block.number, block.time), "the chain went elsewhere"
        self.time = Timestamp(block.time + 1)
        predicted = self.state.words()
        wealth, stored, written = self._read(predicted, outcome)
        expected = {slot for slot, word in predicted.items() if word != self._words.get(slot, 0)}
        assert written == expected, f"{len(written ^ expected)} other words were written than the model wrote"
        own = [log for log in outcome.receipt["logs"] if log["address"] == "0x" + self.vault.hex()]
        self.replay.hear(own, block.time)
        require_same_words(stored, predicted, self.replay.words())
        assert wealth == self._predicted_wealth(), "balances differ from the model's"
        act = Act(
            block=block,
            sender=sender,
            function=function,
            arguments=tuple(arguments),
            refused=refused,
            before=before,
            after=self.state.copy(),
            wealth_before=self._wealth,
            wealth_after=wealth,
        )
        self._words, self._wealth, self.latest_act = predicted, wealth, act
        for check in BEFORE_WRITING:
            check(self.journal, act)
        self.journal.write(act)
        for turn in self.tally.count(act, self.vault):
            self._say(f"        ({turn})")
            self._mark(turn)

    def _read(self, slots: Iterable[int], outcome: Outcome | None = None) -> tuple[Wealth, Words, set[int]]:
        """Return balances, the words in these slots, and which slots a transaction changed."""
        vault, tokens, slots = "0x" + self.vault.hex(), (self.world.token, self.world.unlisted), list(slots)
        requests: list[tuple[str, list[Any]]] = [("eth_getBalance", [vault, "latest"])]
        data = "0x" + token_data_of("Token", "balanceOf", self.vault).hex()
        requests += [("eth_call", [{"to": "0x" + token.hex(), "data": data}, "latest"]) for token in tokens]
        requests += [("eth_getStorageAt", [vault, f"0x{slot:064x}", "latest"]) for slot in slots]
        if outcome is not None:
            options = {"tracer": "prestateTracer", "tracerConfig": {"diffMode": True}}
            requests.append(("debug_traceTransaction", [outcome.receipt["transactionHash"], options]))
        answers = self.chain.batch(requests)
        written: set[int] = set()
        if outcome is not None:
            difference = answers.pop()
            for side in ("pre", "post"):
                storage = difference[side].get(vault, {}).get("storage", {})
                written |= {int(slot, 16) for slot in storage}
        native, *rest = (int(answer, 16) for answer in answers)
        wealth = Wealth(native=native, tokens=dict(zip(tokens, rest, strict=False)))
        return wealth, dict(zip(slots, rest[len(tokens) :], strict=True)), written

    def _predicted_wealth(self) -> Wealth:
        outside = self.reference.outside
        tokens = {token: book.balances[self.vault] for token, book in outside.tokens.items()}
        return Wealth(native=outside.native[self.vault], tokens=tokens)
