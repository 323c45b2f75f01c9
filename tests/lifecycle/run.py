"""One story in lock-step: contract and model make every step, and are compared to the last bit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from tests.lifecycle.acts import Act, Wealth
from tests.lifecycle.compare import require_same_fate, require_same_words, require_same_writes
from tests.lifecycle.invariants import AFTER_WRITING, BEFORE_WRITING
from tests.lifecycle.outside import Reverted
from tests.lifecycle.people import People
from tests.lifecycle.probes import Stops, check_i13_the_code_is_the_release_s
from tests.lifecycle.replay import Log, Replay
from tests.lifecycle.slots import Words
from tests.lifecycle.state import State
from tests.lifecycle.story import tell
from tests.lifecycle.tally import Tally
from tests.lifecycle.vocabulary import data_of
from tests.lifecycle.wire import Request, Sent, read_words, send_at
from tests.lifecycle.world import Head, World
from tests.tokens.compiled import data_of as token_data_of
from verifier.errors.revert import from_revert
from verifier.errors.tree import VaultError
from verifier.model.address import Address
from verifier.model.units import Timestamp

# What moves assets; after anything else balances are the same, and the trace says so.
_MOVING: Final = frozenset({"execute", "deposit", "pull"})


class Run(People):
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
        super().__init__(world, name)
        self.chain: Final = world.chain
        self.tally: Final = tally
        # Where the story goes, and its rarer turns.
        self._say: Final = say
        self._mark: Final = mark
        self._addresses: Final = {name: address for address, name in self.keepers.items()}
        founded = world.vaults[name]
        self.replay: Final = Replay(self.vault, self._told(founded.logs), founded.block.time)
        self.latest_act: Act | None = None
        self._snapshot: Final = self.chain.snapshot()
        # What the chain's storage has: read once, and kept by what each transaction wrote.
        self._stored: Words = read_words(self.chain, self.state.words(), self._addresses)
        require_same_words(self._stored, self.state.words(), self.replay.words())
        self._wealth: Wealth = self._wealth_in(self.chain.batch(self._asking_for_wealth()))
        self._stops: Final = Stops(self)
        self._is_sound = True
        tally.stories[name] += 1

    def close(self) -> None:
        """Put the chain back; but first, unless the story broke off, look whether nothing was missed."""
        try:
            if self._is_sound:
                self.audit()
        finally:
            self.chain.revert(self._snapshot)

    def audit(self) -> None:
        """Read every word again that was ever written, and the vault's code."""
        stored = read_words(self.chain, self._stored, self._addresses)
        assert stored == self._stored, "storage is not what the traces said"
        check_i13_the_code_is_the_release_s(self.chain, [self.vault])

    # -------------------------------------------------------------------- acting

    def step(self, sender: str | Address, function: str, *arguments: Any) -> VaultError | None:
        """Let somebody call the vault, in contract and model. Return why both refused."""
        who = self.address(sender) if isinstance(sender, str) else sender
        block, before = self.next_block, self.state.copy()
        refused = self.reference.attempt(block, who, function, arguments)
        if function == "propose" and refused is None:
            self.operations.append(arguments[0])
        self._say(tell(self.name, block.time, who, function, arguments, refused))
        sent = self._send(who, self.vault, data_of(function, arguments), function)
        self._compare(sent, who, function, arguments, refused, before)
        return refused

    def step_at(
        self, keeper: str, sender: str | Address, function: str, *arguments: Any
    ) -> VaultError | None:
        """Let somebody call a companion about the vault, in contract and model."""
        who = self.address(sender) if isinstance(sender, str) else sender
        block, before = self.next_block, self.state.copy()
        refused = self.reference.attempt_at(keeper, block, who, function, arguments)
        self._say(tell(self.name, block.time, who, f"{keeper}.{function}", arguments, refused))
        sent = self._send(who, self._addresses[keeper], data_of(function, arguments, keeper), function)
        self._compare(sent, who, function, arguments, refused, before)
        return refused

    def deposit(self, sender: Address, wei: int) -> None:
        """Let somebody pay into the vault."""
        before = self.state.copy()
        self.reference.outside.native[self.vault] += wei
        self._say(tell(self.name, self.time, sender, "deposit", [wei], None))
        sent = self._send(sender, self.vault, b"", "deposit", wei)
        self._compare(sent, sender, "deposit", (wei,), None, before)

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
        sent = self._send(spender, token, data, "pull")
        self._compare(sent, spender, "pull", (token, amount), refused, before)
        return refused

    def _send(self, sender: Address, to: Address, data: bytes, function: str, value: int = 0) -> Sent:
        self._is_sound = False

        def asking(succeeded: bool) -> list[Request]:
            moved = self._asking_for_wealth() if succeeded and function in _MOVING else []
            return moved + self._stops.asking(self.time)

        return send_at(self.chain, self.time, sender, to, data, value, asking=asking)

    # ----------------------------------------------------------------- comparing

    def _compare(
        self,
        sent: Sent,
        sender: Address,
        function: str,
        arguments: Sequence[Any],
        refused: VaultError | None,
        before: State,
    ) -> None:
        """Hold the fate of a transaction, all that storage has, and the invariants against what was predicted."""
        outcome = sent.outcome
        require_same_fate(outcome, refused)
        block = self.next_block
        self._head = Head.after(outcome)
        assert (self._head.number, self._head.time) == (block.number, block.time), "the chain went elsewhere"
        self.time = Timestamp(block.time + 1)
        predicted = self.state.words()
        self._require_own(sent, function)
        written = sent.change.words(self.keepers)
        require_same_writes(written, predicted, self._stored)
        self._stored.update(written)
        self.replay.hear(self._told(outcome.receipt["logs"]), block.time)
        require_same_words(self._stored, predicted, self.replay.words())
        answers, wealth = list(sent.answers), self._wealth
        if outcome.succeeded and function in _MOVING:
            wealth = self._wealth_in(answers[: 1 + len(self._tokens)])
            answers = answers[1 + len(self._tokens) :]
        assert wealth == self._predicted_wealth(), "balances differ from the model's"
        self.tally.trials += len(answers)
        self._stops.check_i14_everyone_can_stop(answers)
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
            stored=self._stored,
        )
        self._wealth, self.latest_act = wealth, act
        for check in BEFORE_WRITING:
            check(self.journal, act)
        self.journal.write(act)
        for check in AFTER_WRITING:
            check(self.journal, act)
        self._is_sound = True
        for turn in self.tally.count(act, self.vault):
            self._say(f"        ({turn})")
            self._mark(turn)

    @property
    def _tokens(self) -> tuple[Address, Address]:
        return self.world.token, self.world.unlisted

    def _require_own(self, sent: Sent, function: str) -> None:
        """Nobody's code changed, nothing was written elsewhere, and no assets moved but by what moves them."""
        change, world = sent.change, self.world
        assert not change.coded, "code changed"
        others = {*self.keepers, *self._tokens, world.denier, world.venue}
        assert change.storage.keys() <= others, "something was written where nobody looked"
        if function not in _MOVING or not sent.outcome.succeeded:
            assert self.vault not in change.paid, "native coins moved"
            assert not change.storage.keys() & set(self._tokens), "tokens moved"

    def _told(self, logs: Sequence[dict[str, Any]]) -> list[Log]:
        """Return the events of those that keep something for the vault."""
        told = [(self.keepers.get(Address(bytes.fromhex(log["address"][2:]))), log) for log in logs]
        return [(name, log) for name, log in told if name is not None]

    def _asking_for_wealth(self) -> list[Request]:
        data = "0x" + token_data_of("Token", "balanceOf", self.vault).hex()
        requests: list[Request] = [("eth_getBalance", ["0x" + self.vault.hex(), "latest"])]
        requests += [
            ("eth_call", [{"to": "0x" + token.hex(), "data": data}, "latest"]) for token in self._tokens
        ]
        return requests

    def _wealth_in(self, answers: Sequence[Any]) -> Wealth:
        native, *tokens = (int(answer, 16) for answer in answers)
        return Wealth(native=native, tokens=dict(zip(self._tokens, tokens, strict=True)))

    def _predicted_wealth(self) -> Wealth:
        outside = self.reference.outside
        tokens = {token: book.balances[self.vault] for token, book in outside.tokens.items()}
        return Wealth(native=outside.native[self.vault], tokens=tokens)
