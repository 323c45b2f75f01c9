"""What an attestation says beside the differences: each fact about a vault as one line with its evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from verifier.assess.changing.names import Names
from verifier.desk.briefing import Briefing
from verifier.desk.past import VaultPast
from verifier.desk.review import Review
from verifier.model.account import AccountReading
from verifier.model.address import NOBODY, Address
from verifier.model.arrangement import Arrangement
from verifier.model.asset import NATIVE, Use
from verifier.model.difference import Difference, Side
from verifier.model.evidence import Evidence, Fact
from verifier.model.finding import Finding, Severity
from verifier.model.reading import PolicyReading, VaultReading
from verifier.model.text import Shown, show_bytes, show_count
from verifier.model.tier import Tier
from verifier.model.units import Amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One line. INFO: it is well."""

    # Names what was looked at, such as `companions`; stable, for scripts.
    rule: str
    severity: Severity
    sentence: Shown
    evidence: Evidence


def fine(rule: str, said: str, evidence: Evidence) -> Statement:
    return Statement(rule=rule, severity=Severity.INFO, sentence=Shown(said), evidence=evidence)


def _noted(rule: str, severity: Severity, said: str, evidence: Evidence) -> Statement:
    return Statement(rule=rule, severity=severity, sentence=Shown(said), evidence=evidence)


def state_findings(findings: Iterable[Finding]) -> Iterator[Statement]:
    for finding in dict.fromkeys(findings):
        yield _noted(finding.rule, finding.severity, finding.sentence, finding.evidence)


def state_release(reading: VaultReading, companions: Evidence) -> Iterator[Statement]:
    """Yield that the code is the release's. A vault of other code is not read at all."""
    code = reading.code_hash
    yield fine(
        "code",
        f"It is this release's: its hash is {show_bytes(code.value)}, the one that it was compiled to.",
        code.evidence,
    )
    said = (
        "The register of duties, the limits of strategies, the ledger of break-glass, the checks and the validation "
        "stand where the vault's code has them, with this release's code. They listen to the vault alone."
    )
    yield fine("companions", said, companions)


def state_founding(reading: VaultReading, of_file: bytes | None) -> Statement:
    """Return with what the vault was founded.

    :param of_file: the hash that a vault has that is founded by the file
    """
    found = reading.founding
    if of_file is None:
        said = f"Its hash is {show_bytes(found.value)}: compare it with whoever founded the vault."
    elif found.value == of_file:
        said = f"It was founded by exactly this file: {show_bytes(found.value)}."
    else:
        said = (
            f"It was founded otherwise than by this file, with {show_bytes(found.value)}. A vault that was changed "
            "since its founding, and its file with it, is so; compare the hash with the founding that you know."
        )
    severity = Severity.INFO if of_file in (None, found.value) else Severity.NOTICE
    return _noted("founding", severity, said, found.evidence)


def state_arrangement(present: Arrangement, reading: VaultReading, books: Evidence) -> Iterator[Statement]:
    """Yield what was compared, and that nobody else may act."""
    count = len(present.members)
    said = (
        f"{count} have a seat. Storage has 64 places for seats, and all were looked at, so there is nobody else; a "
        "vault has no owner, and only its members' operations change it."
    )
    yield fine("members", said, reading.members.evidence)
    custody = reading.tiers.value[Tier.CUSTODY]
    said = f"Changes of the vault itself take {custody.quorum} approvals; {present.supermajority} after an objection."
    yield fine("tiers", said, reading.tiers.evidence)
    duties, strategies = len(present.duties), len(present.strategies)
    guards = {guard for strategy in present.strategies.values() for guard in strategy.guards}
    said = (
        f"{duties} {'person has' if duties == 1 else 'persons have'} a duty; {strategies} "
        f"{'strategy has' if strategies == 1 else 'strategies have'} limits, and {len(guards)} accounts besides "
        "guardians may stop them. Storage lists all of these: there are no others."
    )
    yield fine("books", said, books)
    yield _state_registry(reading)


def _state_registry(reading: VaultReading) -> Statement:
    """Return who decides which approvers' duties conflict: the only one outside that has a say."""
    registry = reading.registry
    if registry.value == NOBODY:
        said = "No register of duties is asked when somebody becomes an approver."
        return fine("registry", said, registry.evidence)
    if registry.value == reading.companions.duty_registry:
        return fine(
            "registry", "This release's register of duties is asked about approvers.", registry.evidence
        )
    said = (
        f"Another contract than this release's register is asked about approvers: {registry.value}. It can keep "
        "anybody from becoming one. Find out whose it is, and set this release's."
    )
    return _noted("registry", Severity.WARNING, said, registry.evidence)


def state_policy(present: Arrangement, policy: Evidence) -> Statement:
    assets, rules = show_count(len(present.assets), "listed asset"), show_count(len(present.rules), "rule")
    parties = show_count(len(present.counterparties), "counterparty", "counterparties")
    said = f"Found, and each was read: {assets}, {parties}, {rules}."
    return fine("policy", said, policy)


def state_past(past: VaultPast) -> Statement:
    """Return whether there can be more assets, counterparties, rules or allowances than were found."""
    if past.is_complete:
        changes, operations = show_count(past.counted, "change"), show_count(past.published, "operation")
        said = (
            f"Storage does not list assets, counterparties and rules, so they were sought in the logs from block "
            f"{past.since} on. The vault counted {changes}, and the logs tell of as many, each with what it "
            f"changed, and of {operations} in today's lanes: none is left out. Only endpoints that make events up "
            "together could hide one."
        )
        return fine("complete", said, past.evidence)
    why = []
    if not past.is_founding_found:
        why.append("the founding is not in them")
    if past.found != past.counted:
        why.append(f"the vault counted {past.counted} changes, and they tell of {past.found}")
    elif past.explained != past.found:
        why.append(f"of {past.found} changes they say only of {past.explained} what changed")
    if past.published != past.published_found:
        why.append(f"of {past.published} operations in today's lanes they tell of {past.published_found}")
    said = (
        f"The logs from block {past.since} on are not whole: {'; '.join(why)}. So an asset, a counterparty, a rule or "
        "an allowance may stand there of which nothing is known here. Ask endpoints that keep all logs."
    )
    return _noted("complete", Severity.DANGER, said, past.evidence)


def state_no_past(why: str) -> Statement:
    said = (
        f"The logs could not be read, so nobody knows whether more is listed than the file says: {why} Ask endpoints "
        "that keep all logs."
    )
    return _noted("complete", Severity.WARNING, said, Evidence.CLAIMED)


def state_deployer(
    sender: Fact[Address] | None, present: Arrangement, wanted: Arrangement | None, names: Names
) -> tuple[Statement, tuple[Difference, ...]]:
    """Return who deployed the vault, and what that account has of it beyond the file."""
    if sender is None:
        said = (
            "Who deployed it was not found: the transaction of its founding is not to be had. Nobody has a right in "
            "the vault for having deployed it: who has one stands above."
        )
        return _noted("deployer", Severity.NOTICE, said, Evidence.CLAIMED), ()
    account = sender.value
    holds = []
    if account in present.members:
        holds.append("a seat")
    if account in present.counterparties:
        holds.append("the place of a counterparty")
    if any(account in strategy.guards for strategy in present.strategies.values()):
        holds.append("the guard of a strategy")
    if not holds:
        said = f"{names.account(account)} deployed it, and holds nothing: no seat, no counterparty, no guard."
        return fine("deployer", said, sender.evidence), ()
    said = f"{names.account(account)} deployed it, and has {' and '.join(holds)}"
    if wanted is None or account in wanted.members or account in wanted.counterparties:
        return fine(
            "deployer", f"{said}, by {'its members' if wanted is None else 'the file'}.", sender.evidence
        ), ()
    difference = Difference(
        rule="deployer",
        side=Side.BEYOND,
        subject=names.account(account),
        sentence=Shown(f"it deployed the vault and has {' and '.join(holds)}; the file does not know it."),
        evidence=sender.evidence,
    )
    return _noted("deployer", Severity.WARNING, f"{said}.", sender.evidence), (difference,)


def state_balances(
    reading: VaultReading,
    policy: PolicyReading,
    accounts: Mapping[Address, AccountReading],
    names: Names,
    coin: str,
) -> Iterator[Statement]:
    yield fine("balance", f"{_whole(reading.balance.value, 18)} {coin}", reading.balance.evidence)
    for asset, terms in policy.assets.items():
        if asset == NATIVE:
            continue
        token = accounts[asset].token if asset in accounts else None
        if token is None or token.balance is None:
            said = f"{names.asset(asset)} does not say how much of it the vault has."
            yield _noted("balance", Severity.NOTICE, said, Evidence.CLAIMED)
            continue
        amount = (
            f"{_whole(token.balance, terms.value.decimals)} {names.asset(asset)} ({token.balance} base units)"
        )
        yield fine("balance", amount, token.evidence)
        if token.decimals is not None and token.decimals != terms.value.decimals:
            said = (
                f"{names.asset(asset)} says that it has {token.decimals} decimals, and the vault counts with "
                f"{terms.value.decimals}: its limits are wrong by that. List it anew."
            )
            yield _noted("decimals", Severity.WARNING, said, token.evidence)


def judge_allowances(
    allowances: Mapping[tuple[Address, Address], Fact[Amount]], wanted: Arrangement | None, names: Names
) -> tuple[tuple[Statement, ...], tuple[Difference, ...]]:
    """Return what others may move of the vault's tokens without an operation, and what of it is not in the file."""
    standing: list[Statement] = []
    beyond: list[Difference] = []
    for (token, spender), fact in sorted(allowances.items()):
        if fact.value == 0:
            continue
        what = f"may move {fact.value} base units of {names.account(token)} without any operation"
        is_known = wanted is not None and bool(wanted.counterparties.get(spender, Use(0)) & Use.SPENDER)
        if wanted is None or is_known:
            standing.append(
                _noted("allowance", Severity.NOTICE, f"{names.account(spender)} {what}.", fact.evidence)
            )
        else:
            beyond.append(
                Difference(
                    rule="allowance",
                    side=Side.BEYOND,
                    subject=names.account(spender),
                    sentence=Shown(f"it {what}; the file has no such spender."),
                    evidence=fact.evidence,
                )
            )
    if allowances and not standing and not beyond:
        weakest = min(fact.evidence for fact in allowances.values())
        said = f"Nobody has one, of {len(allowances)} pairs of token and spender that anything names."
        standing.append(fine("allowance", said, weakest))
    return tuple(standing), tuple(beyond)


def state_unasked(count: int) -> Iterator[Statement]:
    """Yield that there were too many allowances to ask for.

    :param count: how many pairs were left out; none where it is not positive
    """
    if count > 0:
        said = f"{count} more pairs of token and spender are named, and were not asked about: they may be allowances."
        yield _noted("allowance", Severity.WARNING, said, Evidence.CLAIMED)


def state_queue(briefing: Briefing) -> Iterator[Statement]:
    """Yield what waits: an attested vault with a change on its way says so."""
    reading = briefing.reading
    if not briefing.reviews:
        yield fine("queue", "No operation is open.", reading.lanes.evidence)
    for review in briefing.reviews:
        state = f"Lane {review.lane.lane}, {review.lane.state.tier.name}, {review.status.name}"
        if _changes_vault(review, reading):
            said = f"{state}, would change the vault: {review.sentence}"
            yield _noted("pending-change", Severity.WARNING, said, reading.lanes.evidence)
        else:
            yield _noted("pending", Severity.NOTICE, f"{state}: {review.sentence}", reading.lanes.evidence)


def _changes_vault(review: Review, reading: VaultReading) -> bool:
    """Whether it may: what cannot be read may do anything."""
    governed = {reading.vault, *reading.companions.keepers, reading.registry.value}
    return review.operation is None or any(call.target in governed for call in review.operation.calls)


def _whole(amount: int, decimals: int) -> str:
    whole, rest = divmod(amount, 10**decimals)
    return f"{whole:_}.{rest:0{decimals}}".rstrip("0") if rest else f"{whole:_}"
