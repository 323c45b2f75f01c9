"""Changes of who decides about a contract, of what it takes to decide, or of the code that it runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final

from verifier.assess.case import Case, Site
from verifier.assess.rules.rule import FindingRule, Remark
from verifier.model.address import NOBODY
from verifier.model.effect import Authority, AuthorityKind
from verifier.model.finding import Severity
from verifier.model.text import Shown, show_bytes

_ADMIN_ROLES: Final = frozenset({bytes(32), 0})
"""The role that gives all others: AccessControl's, and AccessManager's."""

_GIVING: Final = frozenset(
    {
        AuthorityKind.OWNER,
        AuthorityKind.PENDING_OWNER,
        AuthorityKind.ADMIN,
        AuthorityKind.ROLE_GRANTED,
        AuthorityKind.SIGNER_ADDED,
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
    AuthorityKind.SIGNER_REMOVED: "authority-signer",
    AuthorityKind.THRESHOLD: "authority-threshold",
    AuthorityKind.MODULE: "authority-module",
    AuthorityKind.GUARD: "authority-guard",
    AuthorityKind.DELAY: "authority-delay",
    AuthorityKind.CODE: "authority-code",
    AuthorityKind.CHECK_OFF: "authority-check-off",
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
    is_role = authority.kind is AuthorityKind.ROLE_GRANTED and site.call.function.startswith("grantRole(")
    return "authority-admin" if is_role and authority.detail in _ADMIN_ROLES else _IDS[authority.kind]


def _judge(rule: str, advice: str, case: Case) -> Iterator[Remark]:
    for site, authority in _authorities(case):
        if _id_of(case, site, authority) == rule:
            account = authority.account
            yield Remark(
                said=f"{site.name}: {_say(case, authority)} {advice}",
                evidence=case.evidence,
                site=site,
                where=authority.where,
                is_labelled=account is not None and account in case.labels,
            )


def _authorities(case: Case) -> Iterator[tuple[Site, Authority]]:
    """Yield every effect of this kind; what changes this vault or what it governs has rules of its own."""
    own = {case.vault, case.reading.registry.value, *case.reading.companions.keepers} - {NOBODY}
    for site in case.sites():
        for effect in site.call.effects:
            if isinstance(effect, Authority) and effect.target not in own:
                yield site, effect


def _say(case: Case, authority: Authority) -> str:
    target = case.name(authority.target)
    who = "nobody" if authority.account in (None, NOBODY) else case.name(authority.account or NOBODY)
    detail = _detail(authority)
    match authority.kind:
        case AuthorityKind.OWNER | AuthorityKind.PENDING_OWNER if authority.account is None:
            return f"The owner of {target} becomes another one, or nobody; the bytes do not say who."
        case AuthorityKind.ADMIN | AuthorityKind.GUARD if authority.account is None:
            return f"Who decides about {target}, or watches it, changes{detail}; the bytes name roles only."
        case AuthorityKind.MODULE if authority.detail == 0:
            return f"{who} is no module of {target} any more."
        case AuthorityKind.OWNER:
            return f"{who} becomes the owner of {target}."
        case AuthorityKind.PENDING_OWNER:
            return f"{who} may become the owner of {target}, whenever it accepts."
        case AuthorityKind.ADMIN:
            return f"{who} becomes the admin of {target}."
        case AuthorityKind.ROLE_GRANTED:
            return f"{who} gets the role{detail} of {target}."
        case AuthorityKind.ROLE_REVOKED:
            return f"{who} loses the role{detail} of {target}."
        case AuthorityKind.SIGNER_ADDED:
            return f"{who} becomes a signer of {target}."
        case AuthorityKind.SIGNER_REMOVED:
            return f"{who} is no signer of {target} any more."
        case AuthorityKind.THRESHOLD:
            return (
                f"How many signers of {target} it takes changes:{detail or ' the bytes do not say to what'}."
            )
        case AuthorityKind.MODULE:
            return f"{who} becomes a module of {target}, and may do without signers whatever that can do."
        case AuthorityKind.GUARD:
            return f"The guard of {target} becomes {who}."
        case AuthorityKind.DELAY:
            return f"The delay of {target} changes:{detail or ' the bytes do not say to what'}."
        case AuthorityKind.CODE:
            return f"{target} runs other code from then on: that of {who}."
        case AuthorityKind.CHECK_OFF:
            return f"A check of {target} is switched off."
        case AuthorityKind.SETTING:
            return f"A setting of {target} changes{f':{detail}' if detail else ''}."


def _detail(authority: Authority) -> Shown:
    if authority.detail is None:
        return Shown("")
    if isinstance(authority.detail, int):
        return Shown(f" {authority.detail}")
    return Shown(f" {show_bytes(authority.detail, most=32)}")


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
        Severity.WARNING,
        "Another contract decides what a smart account may do: it can let everything pass, or nothing. Look at it.",
        "It can let everything pass, or nothing: look at it first.",
    ),
    _rule(
        "authority-role",
        Severity.WARNING,
        "An account gets a role of a contract. Find out what that role may do.",
        "Find out what that role may do.",
        labelled=Severity.NOTICE,
    ),
    _rule(
        "authority-signer",
        Severity.WARNING,
        "The signers of a smart account change. Ask the person over another channel whether the address is theirs.",
        "Ask the person over another channel whether that is right.",
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
