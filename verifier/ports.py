"""What the desk needs from outside, as the desk sees it. Adapters provide it; tests have fakes of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Sequence as ListOf
from typing import Final, Protocol

from verifier.decode.descriptors.document import Document
from verifier.model.account import AccountReading
from verifier.model.address import Address
from verifier.model.books import BookReading
from verifier.model.companions import Companion
from verifier.model.episodes import Telling, WatchView
from verifier.model.evidence import Evidence, Fact
from verifier.model.finding import Finding, Severity
from verifier.model.history import LATEST, History
from verifier.model.message import TypedMessage
from verifier.model.operation import Operation, Signature
from verifier.model.reading import (
    ApprovalsReading,
    BypassReading,
    LaneReading,
    OperationReading,
    PolicyReading,
    Receipt,
    TransactionTerms,
    VaultReading,
)
from verifier.model.simulation import Simulation, Touched
from verifier.model.text import Shown
from verifier.model.units import (
    Amount,
    BlockNumber,
    ChainId,
    Duration,
    LaneIndex,
    OperationId,
    Sequence,
    Timestamp,
    Wei,
)
from verifier.model.watching import (
    AuditRecord,
    BlockRef,
    Checkpoint,
    Delivery,
    Health,
    Kept,
    LogEvent,
    WatchedFact,
    WatchStep,
)

NO_DELAY: Final = Duration(0)
"""What asks nothing about the past."""


class Clock(Protocol):
    """The time of this machine; the chain's own comes with each block."""

    def now(self) -> Timestamp: ...


class ChainReader(Protocol):
    """One vault on one chain. Every method raises EvidenceError or PinError where it cannot answer."""

    def read_vault(self) -> VaultReading:
        """Return the vault at a block that is agreed on now."""
        ...

    def read_policy(
        self,
        reading: VaultReading,
        *,
        assets: Iterable[Address] = (),
        accounts: Iterable[Address] = (),
        functions: Iterable[tuple[Address, bytes]] = (),
        ahead: Iterable[Address] = (),
        tokens: Iterable[Address] = (),
        delay: Duration = NO_DELAY,
    ) -> PolicyReading:
        """Return the vault's words about assets, accounts and functions (targets and selectors), at its block.

        :param ahead: accounts that `read_accounts` will be asked for next, with these tokens and this delay: a part of
            that comes with the same round trip
        """
        ...

    def read_bypasses(self, reading: VaultReading) -> BypassReading:
        """Return what the ledger of bypasses says about the vault, at the block of a reading."""
        ...

    def find_operation(self, reading: VaultReading, lane: LaneReading) -> OperationReading:
        """Return the bytes of a lane's operation. That they cannot be found is a finding, not an error."""
        ...

    def find_operations(
        self, reading: VaultReading, lanes: ListOf[LaneReading]
    ) -> tuple[OperationReading, ...]:
        """Return the bytes of the operations of many lanes, in their order, from one round trip for all."""
        ...

    def read_accounts(
        self,
        reading: VaultReading,
        addresses: Iterable[Address],
        *,
        tokens: Iterable[Address] = (),
        delay: Duration = NO_DELAY,
    ) -> Mapping[Address, AccountReading]:
        """Return what accounts are at the block of a reading. One whose code nobody can show is missing: what it is
        cannot be judged.

        :param tokens: those of them that may be tokens: they are asked about themselves
        :param delay: how long ago they should have had their code already; zero asks for nothing
        """
        ...

    def read_allowances(
        self, reading: VaultReading, tokens: Iterable[Address], spenders: Iterable[Address]
    ) -> Mapping[tuple[Address, Address], Fact[Amount]]:
        """Return what spenders may move of the vault's tokens, by token and spender. Nothing proves it, and where
        nothing is answered, the pair is missing.
        """
        ...

    def read_approvals(
        self, reading: VaultReading, found: Iterable[OperationReading]
    ) -> Mapping[OperationId, ApprovalsReading]:
        """Return the approvals that operations were published with, as far as their transaction can be had."""
        ...


class BookReader(Protocol):
    """What stands beside a vault's own words: free seats, and what companions keep for it."""

    def read_books(self, reading: VaultReading, accounts: Iterable[Address] = ()) -> BookReading:
        """Return it, at the block of a reading. Raises EvidenceError where it cannot be read.

        :param accounts: those of which it matters whether they had a seat once
        """
        ...

    def read_sender(self, reading: VaultReading, transaction: bytes) -> Fact[Address] | None:
        """Return who sent a transaction; None where nobody knows it."""
        ...


class ReleaseReader(ChainReader, Protocol):
    """A reader that can also tell whether the companions are those of a release."""

    def require_companions(self, reading: VaultReading, companions: Iterable[Companion]) -> Evidence:
        """Return why it is believed that they are. Raises PinError where one is missing, or another."""
        ...


class ChainWriter(Protocol):
    """Sending what was signed elsewhere."""

    def terms(self, *, sender: Address, to: Address | None, data: bytes, value: Wei) -> TransactionTerms:
        """Return what a transaction needs.

        :raises VaultError: it would be refused.
        """
        ...

    def send(self, transaction: bytes) -> Receipt:
        """Send a signed transaction and wait until a block took it in.

        :raises VaultError: it was refused on the chain.
        :raises TransactionRejected: no endpoint took it.
        :raises TransactionUnmined: it is in no block yet.
        :raises EndpointsDisagree: too few endpoints say the same of it.
        """
        ...


class KeyHolder(Protocol):
    """Whatever holds one member's key. What it gives back was verified here, against our own digest and its address."""

    @property
    def address(self) -> Address:
        """Whose signatures it makes."""
        ...

    def describe(self) -> Shown:
        """Return what it is and where, in a few words."""
        ...

    def sign(self, message: TypedMessage) -> Signature:
        """Return the member's signature of a message. It may ask for a passphrase, and takes as long as a person does.

        :raises PassphraseWrong: what opens it was wrong.
        :raises KeyUnreachable: it is not there, or went away in the middle.
        :raises KeyRefused: it, or the person in front of it, does not sign this.
        :raises KeyOfOther: it holds another key.
        :raises SignatureOfOther: what came back is no signature of this message by this member.
        :raises KeyHolderError: it cannot be used.
        :raises SignatureMalformed: what came back is no signature.
        """
        ...

    def sign_transaction(
        self, terms: TransactionTerms, *, to: Address | None, data: bytes, value: Wei
    ) -> bytes:
        """Return a transaction of the member's own, signed and ready to be sent.

        :raises KeyHolderError: as above; a holder that signs messages only raises KeyRefused.
        """
        ...


class Simulator(Protocol):
    """Playing an operation before it is executed. What comes of it is the claim of one endpoint."""

    def simulate(
        self, reading: VaultReading, lane: LaneReading | None, operation: Operation, *, at: Timestamp
    ) -> Simulation:
        """Return what an operation would do at a moment, on top of the block of a reading. It never raises what the
        endpoints are to blame for: an outcome that cannot be found out is `Outcome.UNKNOWN`, with why.

        :param lane: where the operation stands; None where it is not published yet
        """
        ...


class Memory(Protocol):
    """What this client remembers of vaults. Every method raises MemoryUnusable where it cannot."""

    def history(self, chain_id: ChainId, vault: Address, *, latest: int = LATEST) -> History:
        """Return what was noted about a vault, with so many of the latest operations that were executed."""
        ...

    def note_identities(
        self,
        chain_id: ChainId,
        vault: Address,
        identities: Iterable[tuple[LaneIndex, Sequence, OperationId]],
        *,
        evidence: Evidence,
    ) -> None:
        """Remember which operations stood in which lanes."""
        ...

    def note_review(
        self, chain_id: ChainId, vault: Address, operation_id: OperationId, touched: Iterable[Touched]
    ) -> None:
        """Remember what an operation touches when it is looked at for the first time; later times change nothing."""
        ...

    def note_signing(
        self, chain_id: ChainId, vault: Address, operation_id: OperationId, touched: Iterable[Touched]
    ) -> None:
        """Remember what an operation touches when this signer signs it."""
        ...

    def note_executed(
        self,
        chain_id: ChainId,
        vault: Address,
        operation: Operation,
        *,
        executed_at: Timestamp,
        counterparties: Iterable[Address],
        evidence: Evidence,
    ) -> None:
        """Remember that an operation was executed, and whom it paid or allowed to spend.

        :param evidence: that it was executed; its counterparties become known only where that is proven
        """
        ...


class DescriptorShelf(Protocol):
    """The signer's own collection of descriptors (ERC-7730), on this disk."""

    def documents(self, data: bytes, accounts: Iterable[Address]) -> tuple[Document, ...]:
        """Return the descriptors that may be about an account that stands in these bytes, or about one of these."""
        ...


class BlockSource(Protocol):
    """The blocks and logs of one chain, as its endpoints agree on them. Every method raises EvidenceError where they
    do not, or cannot be asked.
    """

    def newest(self) -> BlockRef:
        """Return the newest block that enough endpoints have."""
        ...

    def final(self) -> BlockNumber:
        """Return the newest block that is final."""
        ...

    def blocks(self, first: BlockNumber, last: BlockNumber) -> tuple[BlockRef, ...]:
        """Return blocks by their numbers, both ends included, each hashed here."""
        ...

    def logs(
        self,
        first: BlockNumber,
        last: BlockNumber,
        emitters: Iterable[Address],
        *,
        at: BlockRef | None = None,
        topics: ListOf[ListOf[bytes]] = (),
    ) -> tuple[LogEvent, ...]:
        """Return what these accounts logged in these blocks, in order. An empty answer counts only where enough
        endpoints give it.

        :param at: where there is one block only, its hash has to be this one's
        :param topics: for each place of a log's topics, those that may stand there; an empty list takes any
        :raises RangeTooWide: an endpoint wants fewer blocks at once.
        """
        ...

    def times(self, numbers: Iterable[BlockNumber]) -> Mapping[BlockNumber, Timestamp]:
        """Return when blocks were made, each hashed here."""
        ...

    def born(self, account: Address, newest: BlockNumber) -> BlockNumber | None:
        """Return the block in which an account got its code; None where no endpoint knows so old blocks."""
        ...

    def doubts(self) -> tuple[Finding, ...]:
        """Return what endpoints did amiss since this was asked last: who differs, makes things up, or is silent."""
        ...


class WatchStore(Protocol):
    """What a watcher keeps. One store may serve several watchers. Every method raises WatchStoreError."""

    def checkpoint(self, chain_id: ChainId) -> Checkpoint | None: ...

    def blocks(self, chain_id: ChainId, above: BlockNumber) -> tuple[BlockRef, ...]:
        """Return the blocks that are kept for finding a common ancestor, the newest first."""
        ...

    def facts(
        self, chain_id: ChainId, vault: Address, *, up_to: BlockNumber | None = None
    ) -> Mapping[str, WatchedFact]:
        """Return the latest value of each subject.

        :param up_to: the latest until this block: as the journal is once everything above it was undone
        """
        ...

    def keep(self, step: WatchStep, *, now: Timestamp) -> tuple[Kept, ...]:
        """Keep a step in one transaction, with its audit records, and return the happenings that are new by it."""
        ...

    def lease_chain(self, chain_id: ChainId, holder: str, *, now: Timestamp, seconds: int) -> bool:
        """Take or renew the right to follow a chain; False while another watcher has it."""
        ...

    def told(self, episodes: Iterable[str]) -> Mapping[tuple[str, str], Severity]:
        """Return, by channel and episode, the gravest severity for which an alert or an update is in the outbox or was
        delivered, and was not taken back: what comes now is an update there, unless it is graver.
        """
        ...

    def claim(self, channel: str, holder: str, *, now: Timestamp, most: int) -> tuple[Delivery, ...]:
        """Take deliveries that are due, so that no other watcher takes them until the claim runs out: those of danger
        first, then in the order in which they were made. Each carries its happening's number and present standing.
        """
        ...

    def delivered(self, delivery: Delivery, *, now: Timestamp, reply: Shown) -> None: ...

    def failed(self, delivery: Delivery, *, now: Timestamp, why: Shown, retry_at: Timestamp) -> None: ...

    def acknowledge(self, number: int, *, who: Shown, now: Timestamp) -> Kept: ...

    def open_episodes(self, *, least: Severity) -> tuple[Kept, ...]:
        """Return what nobody acknowledged yet and still stands, the oldest first."""
        ...

    def happenings(self, since: Timestamp, until: Timestamp, *, least: Severity) -> tuple[Kept, ...]:
        """Return what was first seen from a moment on and before another, the oldest first; what was retracted too."""
        ...

    def events(self, chain_id: ChainId, first: BlockNumber, last: BlockNumber) -> tuple[LogEvent, ...]:
        """Return the logs that are kept of these blocks, both ends included, in order."""
        ...

    def checkpoints(self) -> tuple[Checkpoint, ...]:
        """Return where each chain stands."""
        ...

    def release_chain(self, chain_id: ChainId, holder: str) -> None:
        """Give back the right to follow a chain, so that another watcher need not wait until it runs out."""
        ...

    def health(self, *, now: Timestamp) -> Health:
        """Return how far behind each chain is, and what is not delivered yet."""
        ...

    def waiting(self, *, now: Timestamp) -> Mapping[str, tuple[int, int]]:
        """Return, by channel, how many deliveries wait, and for how many seconds the oldest that is due."""
        ...

    def audit_head(self) -> AuditRecord | None:
        """Return the newest link of the audit log, whose hash stands for all of it; None where it is empty."""
        ...


class WatchBook(Protocol):
    """A watcher's store, looked into beside the watcher. Every method raises WatchStoreError."""

    def view(
        self, chain_id: ChainId, vault: Address, *, since: Timestamp, least: Severity, now: Timestamp
    ) -> WatchView:
        """Return the store as it is now, for one vault: open episodes from a severity on, and what was new since."""
        ...

    def tellings(self, episode: str, *, now: Timestamp) -> tuple[Telling, ...]:
        """Return what channels were told of an episode, or are to be told, in the order in which it was made."""
        ...


class AuditChain(Protocol):
    """What makes the links of the audit log, and finds a broken one."""

    def seal(
        self,
        *,
        number: int,
        previous: bytes,
        at: Timestamp,
        origin: Shown,
        identity: Shown,
        kind: str,
        body: Mapping[str, object],
    ) -> AuditRecord:
        """Return the next record, with its hash. Its number follows on that of the one whose hash is `previous`."""
        ...

    def verify(
        self, records: Iterable[AuditRecord], *, head: bytes | None = None, is_tail: bool = False
    ) -> int:
        """Return how many records there are, each holding to the one before it.

        :param head: a hash that one of them has to have
        :param is_tail: they need not begin with the first of all
        :raises AuditBroken: they are not what was written; it names the first that is not right.
        """
        ...


class Channel(Protocol):
    """A way to reach people or machines."""

    @property
    def name(self) -> str: ...

    def deliver(self, delivery: Delivery) -> Shown:
        """Deliver, and return what the other side answered.

        :raises DeliveryFailed: it did not take it; `retry_after` says when it wants to be asked again, if it says so.
        """
        ...
