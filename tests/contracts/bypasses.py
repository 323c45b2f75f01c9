"""The ledger of bypasses beside a vault that can expedite, and what it holds in storage.

book = book_of(hurry_scene(anvil))
book.bypass("ann", "bob", "dan")
book.refuses(BypassNotReviewable(bypass=7), lambda: book.review("amy", 7))
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from eth_hash.auto import keccak

from tests.anvil import Outcome
from tests.companions import Companion, deployed
from tests.contracts.scene import Scene
from tests.stage import HOUR
from verifier.errors import VaultError
from verifier.model.bypass import BypassRecord, BypassTerms

FINDINGS: Final = keccak(b"what the auditor wrote down elsewhere")
SOME_ID: Final = keccak(b"some operation")
WAITED: Final = 40 * HOUR
"""How much later the operations here would have been ready."""


@dataclass(slots=True)
class Book:
    """What one vault keeps in the ledger."""

    scene: Scene
    ledger: Companion

    @property
    def vault(self) -> bytes:
        return self.scene.vault

    # ------------------------------------------------------------------- acting

    def try_to_bypass(self, *who: str) -> Outcome:
        """Let the vault try to record one, as it does where it expedites; these take part."""
        seats = sum(1 << self.scene.seat(name) for name in who)
        former = self.scene.next_time() + WAITED
        return self.ledger.send(self.vault, "record", SOME_ID, 0, former, seats)

    def bypass(self, *who: str) -> int:
        """Record one, and return when it happened."""
        self.scene.must(self.try_to_bypass(*(who or ("ann", "bob"))))
        return self.scene.chain.now()

    def bypass_at(self, moment: int, *who: str) -> int:
        self.scene.chain.set_next_time(moment)
        return self.bypass(*who)

    def set_terms(self, limit: int, review_hours: int) -> Outcome:
        """Let the vault try to set its terms, as an executed operation would."""
        return self.ledger.send(self.vault, "setTerms", limit, review_hours)

    def review(self, who: str | bytes, index: int, *, justified: bool = True) -> Outcome:
        sender = self.scene.address(who)
        return self.ledger.send(sender, "review", self.vault, index, FINDINGS, justified)

    def must_review(self, who: str | bytes, index: int, *, justified: bool = True) -> Outcome:
        return self.scene.must(self.review(who, index, justified=justified))

    def refuses(self, because: VaultError, act: Callable[[], Outcome]) -> None:
        self.ledger.refuses(because, act)

    def refuses_at(self, moment: int, because: VaultError, act: Callable[[], Outcome]) -> None:
        self.ledger.refuses_at(moment, because, act)

    # ------------------------------------------------------------------ reading

    def terms(self) -> BypassTerms:
        return BypassTerms.unpack(self.ledger.read("termsOf", self.vault))

    def entry(self, index: int) -> tuple[bytes, BypassRecord, bytes]:
        """Return the operation's id, the record and the hash of what an auditor found."""
        operation_id, word, findings = self.ledger.read("bypassOf", self.vault, index)
        return bytes(operation_id), BypassRecord.unpack(word), bytes(findings)

    def took_part(self, index: int, person: int) -> bool:
        return bool(self.ledger.read("tookPart", self.vault, index, person))

    # ------------------------------------------------------------------ storage
    # By the layout in `verifier/release/bypass_ledger.json`: slot 0 maps vaults to their books.

    def terms_slot(self) -> int:
        return slot_in(0, int.from_bytes(self.vault, "big"))

    def bypass_slot(self, index: int) -> int:
        return slot_in(self.terms_slot() + 1, index)

    def stored(self, slot: int) -> int:
        return self.scene.chain.storage(self.ledger.address, slot)

    def stored_participant(self, index: int, person: int) -> int:
        return self.stored(slot_in(self.bypass_slot(index) + 3, person))


def slot_in(mapping: int, key: int) -> int:
    return int.from_bytes(keccak(key.to_bytes(32, "big") + mapping.to_bytes(32, "big")), "big")


def book_of(scene: Scene) -> Book:
    return Book(scene, deployed(scene.chain, "bypass_ledger"))
