"""What a member of the vault sees: all of it from the chain, through the same rooms as the product's command."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tests.story.acts import Ground
from tests.story.chronicle import Chronicle, Entry, Step
from tests.story.telling import Teller
from verifier.chain.endpoint import Endpoint
from verifier.chain.gather import read_words
from verifier.chain.http import HttpTransport
from verifier.chain.panel import Panel
from verifier.chain.reader import VaultReader
from verifier.decode.lexicon import Lexicon
from verifier.decode.signatures import parse_interface
from verifier.desk.briefing import Briefing, brief_lane
from verifier.desk.review import addresses_in
from verifier.desk.signer import Signer
from verifier.model.address import Address
from verifier.model.reading import PolicyReading, VaultReading
from verifier.model.text import Shown
from verifier.model.units import LaneIndex, MemberIndex, OperationId, Timestamp
from verifier.store.release import companion_addresses, release_code_hash

_BALANCE_OF: Final = parse_interface("function balanceOf(address owner) returns (uint256)").function(
    "balanceOf"
)


class Outlook:
    """One member's view. Nothing in it comes from the script but the pins and the member's own labels."""

    def __init__(self, ground: Ground, signer: Signer) -> None:
        self._ground = ground
        self._signer = signer
        self._endpoint = Endpoint(HttpTransport(ground.chain.url))
        self._panel = Panel([self._endpoint], needed=1, chain_id=ground.chain_id)
        self._reader = VaultReader(
            self._panel,
            vault=ground.vault,
            code_hash=release_code_hash(),
            founding=ground.founding,
            companions=companion_addresses(),
        )
        self._chronicle = Chronicle(self._endpoint, chain_id=ground.chain_id, vault=ground.vault)
        self._entries: list[Entry] = []

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All that happened up to the last look."""
        return tuple(self._entries)

    def now(self) -> Timestamp:
        """Return the time of the latest block: the clock of everybody in the story."""
        return self._panel.head().timestamp

    def news(self) -> tuple[Entry, ...]:
        """Return what happened since the last look."""
        fresh = self._chronicle.news()
        self._entries += fresh
        return fresh

    def read(self) -> VaultReading:
        return self._reader.read_vault()

    def teller(self, reading: VaultReading | None = None) -> Teller:
        return Teller(labels=self._signer.labels, reading=reading or self.read())

    def brief(self, lane: LaneIndex) -> Briefing:
        """Return a lane as `fourth-signer show` would."""
        return brief_lane(self._reader, self, self._signer, lane)

    def holding(self, owner: Address) -> int:
        """Return how much of the token somebody has, in base units, as the node says."""
        call = {"to": str(self._ground.token), "data": "0x" + _BALANCE_OF.encode(owner).hex()}
        return self._endpoint.ask("eth_call", call, "latest").quantity()

    def amount(self, base_units: int) -> Shown:
        """Return an amount of the token, with the decimals that the vault itself keeps."""
        policy = self._policy(self.read(), self._ground.token)
        lexicon = Lexicon(vault=self._ground.vault, assets=policy.assets, labels=self._signer.labels)
        return lexicon.amount(self._ground.token, base_units)

    def signers(self, operation_id: OperationId) -> dict[MemberIndex, Address]:
        """Return who signed the approvals of an operation, recovered here."""
        steps = (e for e in self._entries if isinstance(e, Step) and e.operation_id == operation_id)
        return {seat: signer for step in steps for seat, signer in step.signers.items()}

    def strangers(self, briefing: Briefing) -> Iterator[tuple[Address, Shown]]:
        """Yield every address of an operation that this member has no name for, and what the chain knows of it."""
        (review,) = briefing.reviews
        if review.operation is None:
            return
        lexicon = review.lexicon
        for address in dict.fromkeys(addresses_in(review.calls)):
            if address not in lexicon.labels and address != lexicon.vault:
                yield address, self._describe(briefing.reading, address)

    def _describe(self, reading: VaultReading, address: Address) -> Shown:
        account = read_words(self._panel, reading.head, account=address, slots=()).account
        uses = self._policy(reading, address).counterparties
        known = "on the vault's list" if address in uses else "on no list of the vault's"
        code = "with code" if account.has_code else "without code"
        return Shown(f"no name of yours, {known}, {code}, holds {self.amount(self.holding(address))}")

    def _policy(self, reading: VaultReading, address: Address) -> PolicyReading:
        return self._reader.read_policy(reading, assets=[address], accounts=[address])
