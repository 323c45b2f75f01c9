"""Changes of who decides about a contract, of what it takes to decide, or of the code that it runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final

from verifier.assess.case import Case, Site
from verifier.assess.rules.authority_words import is_short, say_authority
from verifier.assess.rules.rule import FindingRule, Remark
from verifier.model.address import NOBODY
from verifier.model.effect import Authority, AuthorityKind
from verifier.model.finding import Severity

_ADMIN_ROLES: Final = frozenset({bytes(32), 0})
"""The role that gives all others: AccessControl's, and AccessManager's."""

_GIVING: Final = frozenset(
    {
        AuthorityKind.OWNER,
        AuthorityKind.PENDING_OWNER,
        AuthorityKind.ADMIN,
        AuthorityKind.ROLE_GRANTED,
        AuthorityKind.SIGNER_ADDED,
        AuthorityKind.STOPPER,
        AuthorityKind.PAYEE,
    }
)
"""What somebody gains by. Where that is the vault itself, nobody else does."""

_TAKING: Final = frozenset({AuthorityKind.ROLE_REVOKED, AuthorityKind.SIGNER_REMOVED})
"""What somebody loses by."""

_IDS: Final[Mapping[AuthorityKind, str]] = {
    AuthorityKind.OWNER: "authority-owner",
    AuthorityKind.PENDING_OWNER: "authority-owner",
    AuthorityKind.ADMIN: "authority-admin",
    AuthorityKind.ROLE_GRANTED: "authority-role",
    AuthorityKind.ROLE_REVOKED: "authority-taken",
    AuthorityKind.SIGNER_ADDED: "authority-signer",
    AuthorityKind.SIGNER_REMOVED: "authority-signer-gone",
    AuthorityKind.THRESHOLD: "authority-threshold",
    AuthorityKind.MODULE: "authority-module",
    AuthorityKind.GUARD: "authority-guard",
    AuthorityKind.DELAY: "authority-delay",
    AuthorityKind.CODE: "authority-code",
    AuthorityKind.CHECK_OFF: "authority-check-off",
    AuthorityKind.STOPPER: "authority-stopper",
    AuthorityKind.TRUSTED: "authority-trusted",
    AuthorityKind.PAYEE: "authority-payee",
    AuthorityKind.SETTING: "authority-setting",
}


def _id_of(case: Case, site: Site, authority: Authority) -> str:
    """Return which rule speaks about an effect."""
    if authority.kind in _GIVING and authority.account == case.vault:
        return "authority-gained"
    is_module_gone = authority.kind is AuthorityKind.MODULE and authority.detail == 0
    if (is_module_gone or authority.kind in _TAKING) and authority.account == case.vault:
        return "authority-lost"
    if is_module_gone:
        return "authority-taken"
    if authority.kind is AuthorityKind.THRESHOLD and authority.detail in (0, 1):
        return "authority-alone"
    if authority.kind is AuthorityKind.DELAY and is_short(authority.detail):
        return "authority-undelayed"
    is_role = authority.kind is AuthorityKind.ROLE_GRANTED and site.call.function.startswith("grantRole(")
    return "authority-admin" if is_role and authority.detail in _ADMIN_ROLES else _IDS[authority.kind]


def _judge(rule: str, advice: str, case: Case) -> Iterator[Remark]:
    for site, authority in _authorities(case):
        if _id_of(case, site, authority) == rule:
            account = authority.account
            yield Remark(
                said=f"{site.name}: {say_authority(case, authority)} {advice}",
                evidence=case.evidence,
                site=site,
                where=authority.where,
                is_labelled=account is not None and account in case.labels,
            )


def _authorities(case: Case) -> Iterator[tuple[Site, Authority]]:
    """Yield every effect of this kind; calls that change this vault or what it governs have rules of their own."""
    own = {case.vault, case.reading.registry.value, *case.reading.companions.keepers} - {NOBODY}
    for site in case.sites():
        is_own = site.call.call.target in own
        for effect in site.call.effects:
            if isinstance(effect, Authority) and not (is_own and effect.target in own):
                yield site, effect


def _rule(
    rule: str, severity: Severity, meaning: str, advice: str, *, labelled: Severity | None = None
) -> FindingRule:
    return FindingRule(
        id=rule,
        severity=severity,
        labelled=labelled,
        rests_on="the call's bytes",
        meaning=meaning,
        judge=partial(_judge, rule, advice),
    )


RULES = (
    _rule(
        "authority-owner",
        Severity.DANGER,
        "A contract gets another owner, or nobody. Whoever owns a contract can often take all that is in it. Veto it "
        "unless this very change was agreed on over another channel.",
        "Veto it unless this very change was agreed on over another channel.",
        labelled=Severity.WARNING,
    ),
    _rule(
        "authority-admin",
        Severity.DANGER,
        "A contract gets another admin, who can exchange its code or give out every role. Veto it unless this very "
        "change was agreed on over another channel.",
        "Veto it unless this very change was agreed on over another channel.",
        labelled=Severity.WARNING,
    ),
    _rule(
        "authority-code",
        Severity.DANGER,
        "A contract runs other code from then on, so that nothing that is known of it needs to hold. Veto it unless "
        "you, or somebody whom you can ask, read the new code at this very address.",
        "Veto it unless the new code was read, at this very address.",
        labelled=Severity.WARNING,
    ),
    _rule(
        "authority-module",
        Severity.DANGER,
        "A module of a smart account acts in its place without any signer. Veto it unless its code is known to you.",
        "Veto it unless its code is known to you.",
        labelled=Severity.WARNING,
    ),
    _rule(
        "authority-check-off",
        Severity.DANGER,
        "Something that watches what a contract does is switched off. Ask why it has to go, and what comes in its "
        "place, before anything else.",
        "Ask why, and what comes in its place.",
    ),
    _rule(
        "authority-guard",
        Severity.DANGER,
        "Another contract decides what a smart account may do. It can let everything pass, or nothing ever again, so "
        "that somebody has to be paid. Veto it unless its code is known to you.",
        "It can let everything pass, or nothing ever again. Veto it unless its code is known to you.",
        labelled=Severity.WARNING,
    ),
    _rule(
        "authority-role",
        Severity.DANGER,
        "An account that you have no label for gets a role of a contract. Roles make tokens, move assets, exchange "
        "code: one such call was all of many a theft. Find out what the role may do, and whose the account is; veto it "
        "otherwise.",
        "A role may do as much as an owner. Veto it unless you know what this one may do, and whose the account is.",
        labelled=Severity.NOTICE,
    ),
    _rule(
        "authority-stopper",
        Severity.WARNING,
        "An account may stop a contract, or cancel what waits there. It cannot take anything by that, but it can hold "
        "assets back. Ask whose it is.",
        "Ask whose it is.",
        labelled=Severity.NOTICE,
    ),
    _rule(
        "authority-trusted",
        Severity.DANGER,
        "A contract believes somebody else from then on: about prices, about what happened on another chain, about who "
        "signed. Whoever is believed says what is worth what, or who is owed what, and everything that is there can be "
        "taken by a lie. Veto it unless this very account was agreed on over another channel.",
        "Who is believed can take all by a lie. Veto it unless this very account was agreed on over another channel.",
        labelled=Severity.WARNING,
    ),
    _rule(
        "authority-payee",
        Severity.DANGER,
        "What a contract pays out, or what a name stands for, goes to another account from then on. Ask the one who is "
        "said to have it, over another channel, for the whole address.",
        "Compare the whole address over another channel.",
        labelled=Severity.NOTICE,
    ),
    _rule(
        "authority-signer",
        Severity.DANGER,
        "Another account signs for a smart account from then on, or signs orders; you have no label for it. Ask the "
        "person over another channel whether this address is theirs; label it then.",
        "Veto it unless the person said over another channel that this address is theirs.",
        labelled=Severity.WARNING,
    ),
    _rule(
        "authority-signer-gone",
        Severity.WARNING,
        "A smart account loses a signer. Those who are left are a smaller conspiracy. Ask why, over another channel.",
        "Ask why, over another channel.",
    ),
    _rule(
        "authority-alone",
        Severity.DANGER,
        "One signer alone may do anything with a smart account from then on. Veto it.",
        "Whoever has that one key takes everything. Veto it.",
    ),
    _rule(
        "authority-undelayed",
        Severity.DANGER,
        "A contract that waits before it acts waits for less than an hour from then on, so that nobody has the time to "
        "see what comes and stop it. Veto it.",
        "Veto it.",
    ),
    _rule(
        "authority-threshold",
        Severity.WARNING,
        "It takes another number of signers to act for a smart account. Fewer are a smaller conspiracy.",
        "Compare it with today's.",
    ),
    _rule(
        "authority-delay",
        Severity.WARNING,
        "A contract waits for another time before it acts. Less is less time to stop it.",
        "Compare it with today's.",
    ),
    _rule(
        "authority-setting",
        Severity.NOTICE,
        "A setting that belongs to those who decide about a contract changes.",
        "Find out what it is for.",
    ),
    _rule(
        "authority-taken",
        Severity.NOTICE,
        "An account loses a role of a contract, or is no module of it any more. Make sure that it is not needed.",
        "Make sure that it is not needed there.",
    ),
    _rule(
        "authority-lost",
        Severity.WARNING,
        "The vault itself loses a role of a contract, or is no signer or module of it any more: what it decided there, "
        "somebody else decides alone. Veto it unless this very change was agreed on over another channel.",
        "Veto it unless this very change was agreed on over another channel.",
    ),
    _rule(
        "authority-gained",
        Severity.NOTICE,
        "The vault itself becomes the owner, admin or signer of a contract: from then on that takes operations.",
        "From then on that takes operations of this vault.",
    ),
)
