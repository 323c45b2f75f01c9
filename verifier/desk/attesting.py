"""Attesting a vault: that it is of this release and as its file says, from the chain alone, with why to believe it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from verifier.assess.changing.differences import differences_between
from verifier.assess.changing.names import Names
from verifier.assess.changing.present import present_of
from verifier.assess.changing.wanted import arrangement_of, labels_of, persons_of
from verifier.desk.aids import NO_AIDS, Aids
from verifier.desk.briefing import brief_queue, judge_age
from verifier.desk.bypasses import judge_bypasses
from verifier.desk.judging_grants import judge_unanswered
from verifier.desk.past import VaultPast, read_past
from verifier.desk.pinned import PinnedReader
from verifier.desk.signer import Signer
from verifier.desk.statements import (
    Statement,
    judge_allowances,
    state_arrangement,
    state_balances,
    state_deployer,
    state_findings,
    state_founding,
    state_no_past,
    state_past,
    state_policy,
    state_queue,
    state_release,
    state_unasked,
)
from verifier.errors import FourthSignerError
from verifier.errors.exits import DANGER, DIFFERS, WARNING
from verifier.model.address import NOBODY, Address
from verifier.model.arrangement import Arrangement
from verifier.model.asset import NATIVE
from verifier.model.books import BookReading
from verifier.model.companions import Companion
from verifier.model.difference import Difference, Side
from verifier.model.evidence import Evidence, Fact
from verifier.model.finding import Severity
from verifier.model.reading import BypassReading, PolicyReading, VaultReading
from verifier.model.text import Shown, sanitise
from verifier.model.units import Amount, BlockNumber, ChainId
from verifier.model.vault_file import VaultFile
from verifier.ports import BlockSource, BookReader, ChainReader, Clock, ReleaseReader

# So many pairs of tokens and spenders are asked about.
_MOST_PAIRS: Final = 2_000
NO_TROUBLE: Final = Shown("")


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeReading:
    """A vault as it was read whole, at one block."""

    reading: VaultReading
    policy: PolicyReading
    books: BookReading
    bypasses: BypassReading
    # None where the logs could not be read, with why.
    past: VaultPast | None
    trouble: Shown = NO_TROUBLE

    @property
    def present(self) -> Arrangement:
        return present_of(self.reading, self.policy, self.books, self.bypasses)

    @property
    def policy_evidence(self) -> Evidence:
        facts: list[Fact[Any]] = [
            *self.policy.assets.values(),
            *self.policy.counterparties.values(),
            *self.policy.rules.values(),
        ]
        return min((fact.evidence for fact in facts), default=self.reading.roster.evidence)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """What came of it."""

    reading: VaultReading
    # None where only the release was looked at.
    file_hash: bytes | None
    differences: tuple[Difference, ...]
    # What there is to see to comes first.
    statements: tuple[Statement, ...]

    @property
    def code(self) -> int:
        """The exit code: that of differences, else that of the worst statement."""
        if self.differences:
            return DIFFERS
        worst = max((statement.severity for statement in self.statements), default=Severity.INFO)
        return {Severity.DANGER: DANGER, Severity.WARNING: WARNING}.get(worst, 0)


def read_whole(
    reader: ChainReader,
    books: BookReader,
    source: BlockSource,
    reading: VaultReading,
    wanted: Arrangement | None,
    *,
    since: BlockNumber | None = None,
) -> WholeReading:
    """Return everything that a file can say of a vault, as the chain has it.

    :param wanted: what may stand under a key of storage beside what the logs tell of
    :param since: the vault's first block, where somebody knows it
    :raises EvidenceError: the vault cannot be read.
    """
    keys = wanted or Arrangement(members={}, tiers=reading.tiers.value, supermajority=0)
    trouble, past = NO_TROUBLE, None
    try:
        past = read_past(source, reading, reading.companions, since=since, tokens=keys.assets)
    except FourthSignerError as exc:
        trouble = Shown(exc.sentence())
    policy = reader.read_policy(
        reading,
        assets=sorted({NATIVE, *keys.assets, *(past.assets if past else ())}),
        accounts=sorted({*keys.counterparties, *(past.accounts if past else ())}),
        functions=sorted({*keys.rules, *(past.functions if past else ())}),
    )
    return WholeReading(
        reading=reading,
        policy=policy,
        books=books.read_books(reading, keys.members),
        bypasses=reader.read_bypasses(reading),
        past=past,
        trouble=trouble,
    )


def attest(
    reader: ReleaseReader,
    books: BookReader,
    source: BlockSource,
    clock: Clock,
    signer: Signer,
    *,
    file: VaultFile | None,
    released: Iterable[Companion],
    planned: Address | None = None,
    since: BlockNumber | None = None,
    aids: Aids = NO_AIDS,
) -> Attestation:
    """Return whether a vault is of the release, and where it is not as its file says.

    :param file: None for the release alone
    :param planned: where this release founds the vault of the file
    :param released: the companions of this release
    :param since: the vault's first block, where somebody knows it
    :raises PinError: it is not of the release.
    :raises EvidenceError: it cannot be read.
    """
    reading = reader.read_vault()
    companions = reader.require_companions(reading, released)
    chain_id = reading.head.chain_id
    wanted = arrangement_of(file, chain_id=chain_id, companions=reading.companions) if file else None
    vault = read_whole(reader, books, source, reading, wanted, since=since)
    names = Names(
        companions=reading.companions,
        labels=_labels(signer, file),
        persons=persons_of(file) if file else {},
    )
    present = vault.present
    sender = None
    if vault.past and vault.past.transaction:
        sender = books.read_sender(reading, vault.past.transaction)
    pairs = _pairs(vault, present, wanted)
    deployer, of_deployer = state_deployer(sender, present, wanted, names)
    answered = _allowances(reader, reading, pairs[:_MOST_PAIRS])
    allowances, of_allowances = judge_allowances(answered, wanted, names)
    briefing = brief_queue(PinnedReader(reader, reading), clock, signer, aids=aids)
    tokens = [asset for asset in vault.policy.assets if asset != NATIVE]
    statements = [
        *state_release(reading, companions),
        state_founding(reading, file.configuration(reading.companions).hash() if file else None),
        *state_arrangement(present, reading, vault.books.evidence),
        state_policy(present, vault.policy_evidence),
        state_past(vault.past) if vault.past else state_no_past(vault.trouble),
        deployer,
        *allowances,
        *(
            judge_unanswered(vault.past.grants, answered, wanted, names, vault.past.evidence)
            if vault.past
            else ()
        ),
        *state_unasked(len(pairs) - _MOST_PAIRS),
        *state_queue(briefing),
        *state_findings(judge_bypasses(reading, vault.bypasses)),
        *state_balances(
            reading, vault.policy, reader.read_accounts(reading, tokens, tokens=tokens), names, signer.coin
        ),
        *state_findings((*_findings(vault), *judge_age(reading, clock.now()))),
    ]
    differences: list[Difference] = []
    if file and wanted:
        differences += _network(file, chain_id)
        if reading.founding.value == file.configuration(reading.companions).hash():
            differences += _address(reading, planned)
        differences += believed(differences_between(present, wanted, names), vault)
    return Attestation(
        reading=reading,
        file_hash=file.file_hash if file else None,
        differences=(*differences, *of_deployer, *of_allowances),
        statements=tuple(sorted(statements, key=lambda each: -each.severity)),
    )


def _labels(signer: Signer, file: VaultFile | None) -> Mapping[Address, Shown]:
    labels = {address: sanitise(label, most=60) for address, label in signer.labels.items()}
    return labels | dict(labels_of(file) if file else {})


def _findings(vault: WholeReading) -> Iterator[Any]:
    past = vault.past.findings if vault.past else ()
    yield from dict.fromkeys(
        (
            *vault.reading.findings,
            *vault.policy.findings,
            *vault.books.findings,
            *vault.bypasses.findings,
            *past,
        )
    )


def _network(file: VaultFile, chain_id: ChainId) -> Iterator[Difference]:
    if file.network_of(chain_id) is None:
        known = ", ".join(f"{sanitise(each.name, most=40)} ({each.chain_id})" for each in file.networks)
        said = f"the vault stands on chain {chain_id}, the file is for {known}."
        yield Difference(rule="network", side=Side.OTHER, subject=Shown("chain"), sentence=Shown(said))


def _address(reading: VaultReading, planned: Address | None) -> Iterator[Difference]:
    """Yield that it is a twin: everybody can found one by the same file, where nobody who pays into it would look."""
    if planned is None or planned == reading.vault:
        return
    said = (
        f"this vault is at {reading.vault}, the file has its own at {planned}: this one was founded by the same "
        "configuration with another salt, or by another way. Nothing of yours may be here, nor anybody who watches."
    )
    yield Difference(
        rule="address",
        side=Side.OTHER,
        subject=Shown("vault"),
        sentence=Shown(said),
        evidence=reading.founding.evidence,
    )


def believed(differences: Iterable[Difference], vault: WholeReading) -> Iterator[Difference]:
    """Yield differences with the evidence of what they rest on."""
    reading = vault.reading
    by_rule = {
        "member": reading.members.evidence,
        "tier": reading.tiers.evidence,
        "supermajority": reading.roster.evidence,
        "registry": reading.registry.evidence,
        "asset": vault.policy_evidence,
        "counterparty": vault.policy_evidence,
        "rule": vault.policy_evidence,
        "bypass": vault.bypasses.evidence,
    }
    for each in differences:
        yield replace(each, evidence=by_rule.get(each.rule.partition("-")[0], vault.books.evidence))


def _pairs(
    vault: WholeReading, present: Arrangement, wanted: Arrangement | None
) -> list[tuple[Address, Address]]:
    """Return every pair of token and spender that anything names: first those of the past."""
    tokens = {*present.assets, *(wanted.assets if wanted else ())} - {NATIVE}
    spenders = {*present.counterparties, *(wanted.counterparties if wanted else ())}
    named = sorted(vault.past.allowances if vault.past else ())
    listed = [(token, spender) for token in sorted(tokens) for spender in sorted(spenders)]
    return [pair for pair in dict.fromkeys((*named, *listed)) if NOBODY not in pair]


def _allowances(
    reader: ChainReader, reading: VaultReading, pairs: Iterable[tuple[Address, Address]]
) -> Mapping[tuple[Address, Address], Fact[Amount]]:
    by_token: dict[Address, list[Address]] = {}
    for token, spender in pairs:
        by_token.setdefault(token, []).append(spender)
    found: dict[tuple[Address, Address], Fact[Amount]] = {}
    for token, spenders in by_token.items():
        found.update(reader.read_allowances(reading, [token], spenders))
    return found
