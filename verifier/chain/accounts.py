"""What accounts are that an operation names: their code, whose code they run, and since when. Two rounds at most.

    look = AccountLook(panel, head, vault)
    look.want(addresses, tokens=tokens, delay=delay)
    while look.is_open:
        look.step()
    look.readings()

The first round reads accounts, codes and the slots of proxies by proof, and asks tokens about themselves. The second
one reads the code of implementations, and asks what was there a delay ago. A round takes other words along, so that a
reader that needs both asks once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from eth_hash.auto import keccak

from verifier.chain.answer import Answer
from verifier.chain.doubts import NO_DOUBTS, Doubts
from verifier.chain.gather import Gathered, Question, gather
from verifier.chain.header import read_header
from verifier.chain.panel import Panel
from verifier.chain.proxies import PROXY_SLOTS, beacon_in, implementation_in, run_by
from verifier.chain.token import implementation_question, token_questions, token_reading
from verifier.chain.words import Wanted, Words
from verifier.errors import EvidenceError
from verifier.model.account import AccountReading, TokenReading
from verifier.model.address import Address
from verifier.model.evidence import Evidence, Fact
from verifier.model.reading import Head
from verifier.model.units import BlockNumber, Duration, Timestamp
from verifier.ports import NO_DELAY

# More of one operation's accounts than this are not looked at: an operation has at most 32 calls.
MOST_ACCOUNTS: Final = 256
# Seconds from block to block, where it is not known yet.
_USUAL_BLOCK: Final = 12


@dataclass(slots=True, kw_only=True)
class _Look:
    """What is known of one account so far."""

    address: Address
    words: Words | None = None
    code: bytes | None = None
    beacon: Address | None = None
    implementation: Fact[Address] | None = None
    token: TokenReading | None = None
    had_code: Fact[bool] | None = None

    @property
    def has_code(self) -> bool:
        return self.words is not None and self.words.account.has_code


@dataclass(slots=True)
class AccountLook:
    """Accounts at one block, as far as they are known."""

    panel: Panel
    head: Head
    vault: Address
    doubts: Doubts = NO_DOUBTS
    _first: list[Address] = field(default_factory=list)
    _second: list[Address] = field(default_factory=list)
    _looks: dict[Address, _Look] = field(default_factory=dict)
    _tokens: set[Address] = field(default_factory=set)
    # Of accounts whose code others run.
    _codes: dict[Address, bytes] = field(default_factory=dict)
    _delay: Duration = NO_DELAY
    # When a block was made that stands so many blocks back: it tells how fast blocks come.
    _pace: Fact[Timestamp] | None = None
    _pace_back: int = 0

    @property
    def is_open(self) -> bool:
        """Whether another round would tell more."""
        return bool(self._first or self._second)

    def want(
        self, addresses: Iterable[Address], *, tokens: Collection[Address] = (), delay: Duration = NO_DELAY
    ) -> None:
        """Look at these too.

        :param tokens: those of them that may be tokens
        :param delay: how long ago they should have had their code already; zero asks for nothing
        """
        is_longer = delay > self._delay
        self._delay = max(self._delay, delay)
        for address in dict.fromkeys(addresses):
            if address not in self._looks:
                if len(self._looks) < MOST_ACCOUNTS:
                    self._looks[address] = _Look(address=address)
                    self._first.append(address)
            elif address not in self._first and (
                is_longer or (address in tokens and address not in self._tokens)
            ):
                self._first.append(address)
        self._tokens.update(tokens)

    def step(self, also: Wanted | None = None) -> Mapping[Address, Words]:
        """Ask one round, and return the words that it took along.

        :raises EvidenceError: what was to be taken along, or the accounts, cannot be read; the round stays open.
        """
        open_first, open_second = self._first, self._second
        self._first, self._second = [], []
        try:
            return self._round(open_first, open_second, also or {})
        except EvidenceError:
            self._first, self._second = open_first, open_second
            raise

    def _round(self, new: list[Address], known: list[Address], also: Wanted) -> Mapping[Address, Words]:
        parts = [*(self._first_questions(address) for address in new)]
        questions = [question for part in parts for question in part]
        asks_pace = bool(self._delay) and self._pace is None and bool(new)
        if asks_pace:
            questions.append(self._pace_question())
        later = self._second_questions(known)
        others = {address for known_one in known if (address := self._code_wanted(known_one))}
        wanted: dict[Address, list[int]] = {address: list(PROXY_SLOTS) for address in new}
        for address in others - wanted.keys():
            wanted[address] = []
        for account, slots in also.items():
            wanted[account] = [*wanted.get(account, ()), *slots]
        got = gather(
            self.panel,
            self.head,
            wanted=wanted,
            codes=[*new, *others],
            questions=[*questions, *(question for _, question in later)],
        )
        self.doubts = self.doubts.joined(got.doubts)
        said = iter(got.said)
        for address, part in zip(new, parts, strict=True):
            self._take_first(address, got, [next(said) for _ in part])
        if asks_pace:
            self._pace = next(said)
        for (address, question), fact in zip(later, said, strict=True):
            self._take_second(address, question, fact)
        self._codes.update(got.codes)
        return {account: got.words[account] for account in also}

    def readings(self) -> dict[Address, AccountReading]:
        """Return what is known; an account whose code nobody could show is missing."""
        found = {}
        for address, look in self._looks.items():
            if look.words is not None and look.code is not None:
                found[address] = self._reading(look, look.words, look.code)
        return found

    # ---------------------------------------------------------------- first round

    def _first_questions(self, address: Address) -> list[Question]:
        return token_questions(address, self.vault, self.head) if address in self._tokens else []

    def _pace_question(self) -> Question:
        self._pace_back = min(max(self._delay // _USUAL_BLOCK, 1), self.head.number)
        block = hex(self.head.number - self._pace_back)
        return Question(method="eth_getBlockByNumber", params=[block, False], read=_time_of)

    def _take_first(self, address: Address, got: Gathered, said: list[Fact[object] | None]) -> None:
        look = self._looks[address]
        look.words, look.code = got.words[address], got.codes.get(address)
        if not look.has_code:
            return
        look.token = token_reading(said) if said else None
        words = dict(look.words.words)
        runs = implementation_in(words) or run_by(look.code or b"")
        if runs is not None:
            look.implementation = Fact(value=runs, evidence=look.words.evidence)
        look.beacon = beacon_in(words)
        if runs or look.beacon or self._delay:
            self._second.append(address)

    # --------------------------------------------------------------- second round

    def _code_wanted(self, address: Address) -> Address | None:
        """Return whose code an account runs, where that is not known yet."""
        runs = self._looks[address].implementation
        return runs.value if runs and runs.value not in self._codes else None

    def _second_questions(self, known: Iterable[Address]) -> list[tuple[Address, Question]]:
        asked: list[tuple[Address, Question]] = []
        for address in known:
            look = self._looks[address]
            if look.beacon and look.implementation is None:
                asked.append((address, implementation_question(look.beacon, self.head)))
            if (block := self._block_before()) is not None:
                params = [str(address), hex(block)]
                asked.append((address, Question(method="eth_getCode", params=params, read=_hash_of)))
        return asked

    def _block_before(self) -> BlockNumber | None:
        """Return the block about a delay ago; None where nobody wants to know, or nobody says how fast blocks come."""
        if not self._delay or self._pace is None or self._pace.value is None:
            return None
        passed = max(self.head.timestamp - self._pace.value, 1)
        return BlockNumber(max(self.head.number - self._delay * self._pace_back // passed, 0))

    def _take_second(self, address: Address, question: Question, fact: Fact[object] | None) -> None:
        look = self._looks[address]
        if fact is None or fact.value is None or look.words is None:
            return
        if question.method == "eth_getCode":
            pace = self._pace.evidence if self._pace else Evidence.CLAIMED
            had = fact.value == look.words.account.code_hash
            look.had_code = Fact(value=had, evidence=min(fact.evidence, pace))
        elif isinstance(fact.value, Address):
            look.implementation = Fact(value=fact.value, evidence=min(fact.evidence, look.words.evidence))

    def _reading(self, look: _Look, words: Words, code: bytes) -> AccountReading:
        account, runs = words.account, look.implementation
        reading = AccountReading(
            address=look.address,
            code=code,
            code_hash=account.code_hash,
            balance=account.balance,
            nonce=account.nonce,
            evidence=words.evidence,
            implementation=runs,
            had_code=look.had_code,
            token=look.token,
        )
        return replace(reading, implementation_code=self._codes.get(runs.value, b"")) if runs else reading


def _time_of(answer: Answer) -> Timestamp:
    return read_header(answer).timestamp


def _hash_of(answer: Answer) -> bytes:
    return keccak(answer.data())
