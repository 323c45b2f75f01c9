"""Reading a vault from its storage words: who is in it, what it asks for, and everything that is pending.

A whole queue costs an endpoint few round trips: one for the block, one for the words that are the same in every vault,
one for lanes and members, one for all events, one or two for the policy. Words that were read are kept for the block.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from verifier.assess.bypasses import terms_in_force
from verifier.chain import layout
from verifier.chain.accounts import AccountLook
from verifier.chain.approvals import read_approvals
from verifier.chain.doubts import NO_DOUBTS, Doubts, doubts_about, doubts_about_head
from verifier.chain.finder import find_operations
from verifier.chain.gather import gather
from verifier.chain.ledger import bypasses_in, slots_of
from verifier.chain.panel import Panel
from verifier.chain.token import allowance_question
from verifier.chain.vault import FIXED_SLOTS, Seating, make_reading
from verifier.chain.words import Wanted, Words
from verifier.errors import (
    CodeHashUnexpected,
    CompanionMissing,
    CompanionUnexpected,
    EndpointRefused,
    FoundingUnexpected,
    ProofInvalid,
    VaultMissing,
)
from verifier.model.account import AccountReading
from verifier.model.address import Address
from verifier.model.asset import AssetTerms, Use
from verifier.model.companions import Companion, Companions
from verifier.model.evidence import Evidence, Fact
from verifier.model.reading import (
    ApprovalsReading,
    BypassReading,
    Head,
    LaneReading,
    OperationReading,
    PolicyReading,
    VaultReading,
)
from verifier.model.rule import Rule
from verifier.model.units import Amount, Duration, OperationId
from verifier.ports import NO_DELAY

# A block may come between asking for the head and asking for proofs, and some nodes prove only the latest one.
_ATTEMPTS: Final = 3


class VaultReader:
    """The port ChainReader over a panel of endpoints, for one pinned vault."""

    def __init__(
        self,
        panel: Panel,
        *,
        vault: Address,
        code_hash: bytes,
        founding: bytes | None,
        companions: Companions,
        tag: str = "latest",
    ) -> None:
        """Take what this signer pinned.

        :param companions: where those are that stand in the pinned code
        :param founding: hash of the founding configuration; None only where it is about to be pinned
        :param tag: which block: latest, safe or finalized
        """
        self._panel = panel
        self._vault = vault
        self._code_hash = code_hash
        self._founding = founding
        self._companions = companions
        self._tag = tag
        # What is known of the latest block that was read.
        self._look: AccountLook | None = None
        self._words: dict[Address, Words] = {}

    def read_vault(self) -> VaultReading:
        """Return the vault at a block that is agreed on now.

        :raises PinError: it is not the pinned vault.
        :raises EvidenceError: it cannot be read.
        """
        for _ in range(_ATTEMPTS - 1):
            try:
                return self._read(self._panel.head(self._tag), must_prove=True)
            except (EndpointRefused, ProofInvalid):
                continue
        return self._read(self._panel.head(self._tag), must_prove=False)

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
        """Return the vault's words about assets, accounts and functions, at the block of a reading.

        :param functions: targets and selectors
        :param ahead: accounts that `read_accounts` will be asked for next, with these tokens and this delay: a part of
            that comes with the same round trip
        :raises EvidenceError: they cannot be read.
        """
        listed, parties = list(dict.fromkeys(assets)), list(dict.fromkeys(accounts))
        ruled = list(dict.fromkeys(functions))
        slots = [layout.asset(asset) for asset in listed] + [layout.counterparty(party) for party in parties]
        slots += [layout.rule(target, selector) for target, selector in ruled]
        look = self._look_at(reading.head)
        look.want(ahead, tokens=frozenset(tokens), delay=delay)
        words, doubts = self._along(look, {self._vault: slots})
        found, evidence = words[self._vault], words[self._vault].evidence
        terms = {asset: AssetTerms.unpack(found[layout.asset(asset)]) for asset in listed}
        uses = {party: Use(found[layout.counterparty(party)] & sum(Use)) for party in parties}
        rules = {function: Rule.unpack(found[layout.rule(*function)]) for function in ruled}
        return PolicyReading(
            assets={
                asset: Fact(value=value, evidence=evidence)
                for asset, value in terms.items()
                if value is not None
            },
            counterparties={
                account: Fact(value=value, evidence=evidence) for account, value in uses.items() if value
            },
            rules={
                function: Fact(value=rule, evidence=evidence)
                for function, rule in rules.items()
                if rule is not None
            },
            findings=tuple(doubts_about(doubts, reading.head, evidence)),
        )

    def read_bypasses(self, reading: VaultReading) -> BypassReading:
        """Return what the ledger of bypasses says about the vault, at the block of a reading.

        :raises EvidenceError: it cannot be read.
        """
        ledger, first = self._companions.bypass_ledger, layout.bypass_terms(self._vault)
        words, doubts = self._along(self._look_at(reading.head), {ledger: [first]})
        terms = terms_in_force(words[ledger][first])
        words, later = self._along(self._look_at(reading.head), {ledger: slots_of(self._vault, terms)})
        found = words[ledger]
        return BypassReading(
            terms=terms,
            bypasses=bypasses_in(self._vault, terms, found),
            evidence=found.evidence,
            findings=tuple(doubts_about(doubts.joined(later), reading.head, found.evidence)),
        )

    def require_companions(self, reading: VaultReading, companions: Iterable[Companion]) -> Evidence:
        """Return why it is believed that the companions are where this release has them, at the block of a reading.

        :raises CompanionMissing: nothing is there.
        :raises CompanionUnexpected: other code is there.
        :raises EvidenceError: it cannot be read.
        """
        asked = list(companions)
        evidence = reading.head.evidence
        wanted: Wanted = {companion.address: () for companion in asked}
        words = gather(self._panel, reading.head, wanted=wanted).words
        for companion in asked:
            name, found = companion.name.replace("_", " "), words[companion.address].account
            if not found.has_code:
                raise CompanionMissing(name=name, companion=companion.address, chain_id=reading.head.chain_id)
            if found.code_hash != companion.code_hash:
                raise CompanionUnexpected(
                    name=name,
                    companion=companion.address,
                    expected=companion.code_hash,
                    actual=found.code_hash,
                )
            evidence = words[companion.address].evidence
        return evidence

    def find_operation(self, reading: VaultReading, lane: LaneReading) -> OperationReading:
        """Return the bytes of a lane's operation. That they cannot be found is a finding, not an error."""
        return self.find_operations(reading, [lane])[0]

    def find_operations(
        self, reading: VaultReading, lanes: Sequence[LaneReading]
    ) -> tuple[OperationReading, ...]:
        """Return the bytes of the operations of many lanes, in their order, from one round trip for all."""
        return find_operations(self._panel, reading, lanes)

    def read_accounts(
        self,
        reading: VaultReading,
        addresses: Iterable[Address],
        *,
        tokens: Iterable[Address] = (),
        delay: Duration = NO_DELAY,
    ) -> Mapping[Address, AccountReading]:
        """Return what accounts are at the block of a reading; one whose code nobody can show is missing.

        :param tokens: those of them that may be tokens: they are asked about themselves
        :param delay: how long ago they should have had their code already; zero asks for nothing
        :raises EvidenceError: they cannot be read.
        """
        asked = list(dict.fromkeys(addresses))
        look = self._look_at(reading.head)
        look.want(asked, tokens=frozenset(tokens), delay=delay)
        while look.is_open:
            look.step()
        found = look.readings()
        return {address: found[address] for address in asked if address in found}

    def read_allowances(
        self, reading: VaultReading, tokens: Iterable[Address], spenders: Iterable[Address]
    ) -> Mapping[tuple[Address, Address], Fact[Amount]]:
        """Return what spenders may move of the vault's tokens, by token and spender, at the block of a reading.

        Nothing proves it: tokens are asked. A pair about which nothing is answered is missing.
        """
        spending = list(dict.fromkeys(spenders))
        pairs = [(token, spender) for token in dict.fromkeys(tokens) for spender in spending]
        questions = [
            allowance_question(token, self._vault, spender, reading.head) for token, spender in pairs
        ]
        said = gather(self._panel, reading.head, questions=questions).said
        return {
            pair: fact.map(Amount)
            for pair, fact in zip(pairs, said, strict=True)
            if fact is not None and fact.value is not None
        }

    def read_approvals(
        self, reading: VaultReading, found: Iterable[OperationReading]
    ) -> Mapping[OperationId, ApprovalsReading]:
        """Return the approvals that operations were published with, as far as their transaction can be had."""
        return read_approvals(self._panel, reading, found)

    def _read(self, head: Head, *, must_prove: bool) -> VaultReading:
        ledger, terms_at = self._companions.bypass_ledger, layout.bypass_terms(self._vault)
        wanted: Wanted = {self._vault: FIXED_SLOTS, ledger: [terms_at]}
        first = gather(self._panel, head, wanted=wanted, must_prove=must_prove)
        fixed = first.words[self._vault]
        self._require_pinned(fixed, head)
        terms = terms_in_force(first.words[ledger][terms_at])
        wanted = {self._vault: Seating(fixed, head.timestamp).slots()}
        if slots := slots_of(self._vault, terms):
            wanted = {**wanted, ledger: slots}
        second = gather(self._panel, head, wanted=wanted, must_prove=must_prove)
        words = second.words[self._vault]
        self._look = AccountLook(self._panel, head, self._vault)
        self._words = dict(first.words)
        self._keep(second.words)
        doubts = first.doubts.joined(second.doubts)
        findings = [
            *doubts_about_head(head),
            *doubts_about(doubts, head, min(fixed.evidence, words.evidence)),
        ]
        return make_reading(head, self._vault, self._companions, fixed, words, findings)

    def _look_at(self, head: Head) -> AccountLook:
        """Return what is known of accounts at a block; of another block than the last one, nothing yet."""
        if self._look is None or self._look.head.hash != head.hash:
            self._look, self._words = AccountLook(self._panel, head, self._vault), {}
        return self._look

    def _along(self, look: AccountLook, wanted: Wanted) -> tuple[Mapping[Address, Words], Doubts]:
        """Return words, those that are not known yet from one round that takes along what the look needs."""
        missing = {
            account: [slot for slot in slots if slot not in self._known(account)]
            for account, slots in wanted.items()
        }
        missing = {
            account: slots for account, slots in missing.items() if slots or account not in self._words
        }
        doubts = NO_DOUBTS
        if missing or look.is_open:
            before = len(look.doubts.failures)
            self._keep(look.step(missing))
            doubts = Doubts(failures=look.doubts.failures[before:], dissenting=look.doubts.dissenting)
        return self._words, doubts

    def _known(self, account: Address) -> Mapping[int, int]:
        return self._words[account].words if account in self._words else {}

    def _keep(self, words: Mapping[Address, Words]) -> None:
        for account, found in words.items():
            known = self._words.get(account)
            self._words[account] = found if known is None else known.joined(found)

    def _require_pinned(self, fixed: Words, head: Head) -> None:
        if not fixed.account.has_code:
            raise VaultMissing(vault=self._vault, chain_id=head.chain_id)
        if fixed.account.code_hash != self._code_hash:
            raise CodeHashUnexpected(
                vault=self._vault, expected=self._code_hash, actual=fixed.account.code_hash
            )
        founding = fixed[layout.FOUNDING].to_bytes(32, "big")
        if self._founding is not None and founding != self._founding:
            raise FoundingUnexpected(vault=self._vault, expected=self._founding, actual=founding)
