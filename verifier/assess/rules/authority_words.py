"""A change of who decides about a contract, in words."""

from __future__ import annotations

from typing import Final

from verifier.assess.case import Case
from verifier.model.address import NOBODY
from verifier.model.effect import Authority, AuthorityKind
from verifier.model.text import Shown, show_bytes

_SHORT: Final = 3_600
"""Seconds: within less than an hour nobody reads what waits, and stops it."""


def is_short(delay: int | bytes | None) -> bool:
    return isinstance(delay, int) and delay < _SHORT


def say_authority(case: Case, authority: Authority) -> str:
    target = case.name(authority.target)
    who = "nobody" if authority.account in (None, NOBODY) else case.name(authority.account or NOBODY)
    detail = _detail(authority)
    match authority.kind:
        case AuthorityKind.OWNER | AuthorityKind.PENDING_OWNER if authority.account is None:
            return f"The owner of {target} becomes another one, or nobody; the bytes do not say who."
        case AuthorityKind.ADMIN | AuthorityKind.GUARD if authority.account is None:
            return f"Who decides about {target}, or watches it, changes{detail}; the bytes name roles only."
        case AuthorityKind.THRESHOLD if authority.detail in (0, 1):
            return f"One signer alone decides about {target} from then on."
        case AuthorityKind.DELAY if is_short(authority.detail):
            return f"{target} waits for{detail} seconds only from then on: nobody can stop it in time."
        case AuthorityKind.TRUSTED if authority.account is None:
            return f"Whose word {target} takes changes{f': to{detail}' if detail else ''}."
        case AuthorityKind.PAYEE if authority.account is None:
            return f"Whom {target} pays changes{f': to{detail}' if detail else ''}."
        case AuthorityKind.MODULE if authority.detail == 0:
            return f"{who} is no module of {target} any more."
        case AuthorityKind.OWNER:
            return f"{who} becomes the owner of {target}."
        case AuthorityKind.PENDING_OWNER:
            return f"{who} may become the owner of {target}, whenever it accepts."
        case AuthorityKind.ADMIN:
            return f"{who} becomes the admin of {target}."
        case AuthorityKind.ROLE_GRANTED:
            return f"{who} gets {f'the role{detail}' if detail else 'a role'} of {target}."
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
        case AuthorityKind.STOPPER:
            return f"{who} may stop {target}, or what waits there, from then on."
        case AuthorityKind.TRUSTED:
            return f"{target} takes the word of {who} from then on: it acts by what that one says."
        case AuthorityKind.PAYEE:
            return f"What {target} has to pay goes to {who} from then on."
        case AuthorityKind.SETTING:
            return f"A setting of {target} changes{f':{detail}' if detail else ''}."


def _detail(authority: Authority) -> Shown:
    if authority.detail is None:
        return Shown("")
    if isinstance(authority.detail, int):
        return Shown(f" {authority.detail}")
    return Shown(f" {show_bytes(authority.detail, most=32)}")
