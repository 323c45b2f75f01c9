"""What the accounts are that an operation relies on: old or new code, no code, or somebody's key."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.assess.case import Case
from verifier.assess.gains import accounts_of, gains_of
from verifier.assess.rules.rule import FindingRule, Remark, Source
from verifier.model.address import Address
from verifier.model.asset import Use
from verifier.model.effect import Authority, Delegation
from verifier.model.finding import Severity
from verifier.model.text import show_duration


def _young(case: Case) -> Iterator[Remark]:
    for site, address in accounts_of(case):
        account = case.accounts.get(address)
        if account is None or not account.code or account.had_code is None or account.had_code.value:
            continue
        delay = case.reading.tiers.value[case.lane.state.tier].delay
        said = (
            f"{site.name}: {case.name(address)} did not have its code yet {show_duration(delay)} ago, which is the "
            "delay of this operation. It may have been made for it: approve only if somebody whom you trust read it."
        )
        evidence = min(account.evidence, account.had_code.evidence)
        yield Remark(said=said, evidence=evidence, site=site)


def _without_code(case: Case) -> Iterator[Remark]:
    for site in case.sites():
        target = site.call.call.target
        account = case.accounts.get(target)
        if not site.call.call.data or account is None or account.code:
            continue
        said = (
            f"{site.name}: it carries data, and there is no code at {case.name(target)}. If it stays so, nothing is "
            "done; somebody may put code there before it is executed, which nobody can have read. Veto it."
        )
        yield Remark(said=said, evidence=min(case.evidence, account.evidence), site=site)


def _payees(case: Case) -> set[Address]:
    """Return who receives something and does nothing else: to be paid, no code is relied on."""
    gains = list(gains_of(case))
    active = {site.call.call.target for site in case.sites() if site.call.call.data}
    effects = [effect for site in case.sites() for effect in site.call.effects]
    active |= {effect.account for effect in effects if isinstance(effect, Authority) and effect.account}
    active |= {effect.code for effect in effects if isinstance(effect, Delegation)}
    active |= {gain.account for gain in gains if gain.use & Use.SPENDER}
    return {gain.account for gain in gains} - active


def _delegated(case: Case) -> Iterator[Remark]:
    payees = _payees(case)
    for site, address in accounts_of(case):
        account = case.accounts.get(address)
        if account is None or account.delegate is None or address in payees:
            continue
        said = (
            f"{site.name}: {case.name(address)} is the account of a key that runs the code of "
            f"{case.name(account.delegate)} for now (EIP-7702), and can run another one's at any moment. Do not rely "
            "on what that code says."
        )
        yield Remark(said=said, evidence=account.evidence, site=site)


def _unread(case: Case) -> Iterator[Remark]:
    if not case.accounts:
        # Nobody was asked about any, and another rule says so.
        return
    unread = [(site, address) for site, address in accounts_of(case) if address not in case.accounts]
    if unread:
        site, first = unread[0]
        more = f" and at {len(unread) - 1} more" if len(unread) > 1 else ""
        said = (
            f"{site.name}: what is at {case.name(first)}{more} was not looked at, and other accounts were. Either the "
            "calls name more accounts than are looked at, so that some can hide behind others, or an endpoint keeps "
            "something back. Ask for the operation in parts."
        )
        yield Remark(said=said, evidence=case.evidence, site=site)


RULES = (
    FindingRule(
        id="code-young",
        severity=Severity.WARNING,
        rests_on="the code of accounts now, and at a block as long ago as the delay",
        meaning="A contract that the operation relies on is younger than its delay. Contracts that are made for one "
        "theft are a few days old. Approve only if somebody whom you trust read this very code.",
        judge=_young,
        needs=frozenset({Source.CODE, Source.AGE}),
    ),
    FindingRule(
        id="target-without-code",
        severity=Severity.DANGER,
        rests_on="the code of the call's target",
        meaning="Data goes to where no code is. The vault refuses that at execution, and contracts around an inner "
        "call often do not; but code can come there before, and nobody can read it now. Veto it.",
        judge=_without_code,
        needs=frozenset({Source.CODE}),
    ),
    FindingRule(
        id="accounts-unread",
        severity=Severity.WARNING,
        rests_on="the accounts that the calls name, and those that were read",
        meaning="Some of the accounts that matter to the operation were looked at, and some were not. So many may be "
        "named that the one which matters is not among those read. Veto it, and ask for it in parts.",
        judge=_unread,
        needs=frozenset({Source.CODE}),
    ),
    FindingRule(
        id="account-delegated",
        severity=Severity.WARNING,
        rests_on="the code of accounts",
        meaning="An account that the operation relies on is that of a key, and runs some contract's code for now "
        "(EIP-7702). Its holder can exchange that code at any moment, also just before execution.",
        judge=_delegated,
        needs=frozenset({Source.CODE}),
    ),
)
