"""Assets that go where they are lost, or from the vault to itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from verifier.assess.case import Case, Site
from verifier.assess.code import CALLS, SENDERS, keeps_for_ever
from verifier.assess.rules.refund import pays_sender
from verifier.assess.rules.rule import FindingRule, Remark, Source
from verifier.model.account import AccountReading
from verifier.model.address import NOBODY, Address
from verifier.model.asset import NATIVE
from verifier.model.effect import Move
from verifier.model.finding import Severity
from verifier.model.text import show_bytes

BURNT: Final = frozenset({NOBODY, Address(bytes.fromhex("000000000000000000000000000000000000dead"))})
"""Addresses that nobody has the key of, and that many use to destroy what they send there."""

_CLONE: Final = bytes.fromhex("363d3d373d3d3d363d73")
"""What the code of an ERC-1167 clone begins with: it runs another one's code, for ever the same."""

_SENDING: Final = frozenset({"transfer", "transferFrom", "safeTransfer", "safeTransferFrom"})
"""Functions that send a token. By others a token may well take itself back, as where it is redeemed; and what goes from
an account to itself may stand for an exchange."""


def _burnt(case: Case) -> Iterator[Remark]:
    for site, move in _moves(case):
        if move.recipient in BURNT and not pays_sender(site, move):
            said = f"{site.name}: what goes to {move.recipient} is lost for ever. Veto it unless it is to be destroyed."
            yield Remark(said=said, evidence=case.evidence, site=site, where=move.where)


def _token_itself(case: Case) -> Iterator[Remark]:
    for site, move in _moves(case):
        if move.recipient == move.token != NATIVE and _is_sending(site):
            said = (
                f"{site.name}: the token {case.name(move.token)} goes to its own contract, which has no use for it: "
                "as a rule it is lost. Veto it, and ask for whom it was meant."
            )
            yield Remark(said=said, evidence=case.evidence, site=site, where=move.where)


def _vault_itself(case: Case) -> Iterator[Remark]:
    for site, move in _moves(case):
        if move.sender == move.recipient == case.vault and _is_sending(site):
            said = f"{site.name}: the vault sends something to itself, which changes nothing. Ask what it is for."
            yield Remark(said=said, evidence=case.evidence, site=site, where=move.where)


def _stuck(case: Case) -> Iterator[Remark]:
    for site, move in _moves(case):
        account = case.accounts.get(move.recipient)
        if account is None or not keeps_for_ever(
            _code_of(account), SENDERS if move.token == NATIVE else CALLS
        ):
            continue
        what = "the coin" if move.token == NATIVE else f"the token {case.name(move.token)}"
        said = (
            f"{site.name}: {what} goes to {case.name(move.recipient)}, whose code has no instruction that could ever "
            "send it on: it is lost there. Veto it, and ask for whom it was meant."
        )
        yield Remark(said=said, evidence=min(case.evidence, account.evidence), site=site, where=move.where)


def _elsewhere(case: Case) -> Iterator[Remark]:
    for site, move in _moves(case):
        if move.elsewhere is not None:
            what = case.name(move.token) if move.token != NATIVE else "the coin"
            said = (
                f"{site.name}: {what} goes to another chain, to an account that is no address here: "
                f"{show_bytes(move.elsewhere, most=64)}. Nothing here can compare it with anybody you know. "
                "Compare all of it with the one who is to get it, over another channel."
            )
            yield Remark(said=said, evidence=case.evidence, site=site, where=move.where)


def _moves(case: Case) -> Iterator[tuple[Site, Move]]:
    for site in case.sites():
        for effect in site.call.effects:
            if isinstance(effect, Move) and effect.amount != 0:
                yield site, effect


def _is_sending(site: Site) -> bool:
    return not site.call.call.data or site.call.function.partition("(")[0] in _SENDING


def _code_of(account: AccountReading) -> bytes:
    """Return the code that decides: of a clone, the one that it runs."""
    return account.implementation_code if account.code.startswith(_CLONE) else account.code


RULES = (
    FindingRule(
        id="recipient-burnt",
        severity=Severity.DANGER,
        rests_on="the call's bytes",
        meaning="Assets go to the zero address, or to another one that nobody has the key of. They are lost. Veto it "
        "unless they are to be destroyed.",
        judge=_burnt,
    ),
    FindingRule(
        id="recipient-token",
        severity=Severity.DANGER,
        rests_on="the call's bytes",
        meaning="A token is sent to the token's own contract, usually by copying the wrong address. As a rule nobody "
        "can get it back from there. Veto it.",
        judge=_token_itself,
    ),
    FindingRule(
        id="recipient-vault",
        severity=Severity.NOTICE,
        rests_on="the call's bytes",
        meaning="The vault sends assets to itself. That changes nothing but the buckets of the day, which it fills.",
        judge=_vault_itself,
    ),
    FindingRule(
        id="recipient-elsewhere",
        severity=Severity.WARNING,
        rests_on="the call's bytes",
        meaning="A bridge, or whoever pays later, is told to pay an account in another chain's own form. Neither the "
        "vault's lists nor your labels can know it, and one wrong sign loses all. Compare the whole of it with the one "
        "who is to get it, over another channel.",
        judge=_elsewhere,
    ),
    FindingRule(
        id="value-stuck",
        severity=Severity.DANGER,
        rests_on="the recipient's code, read instruction by instruction",
        meaning="The recipient is a contract without any instruction that could send this on: no call to another "
        "contract, and, of the coin, neither creation nor self-destruction. Of the coin that is certain; of a token, "
        "unless it takes a contract's signature. The opposite is not: a contract with such instructions may still have "
        "no function for it. Veto it.",
        judge=_stuck,
        needs=frozenset({Source.CODE}),
    ),
)
