"""What a call does, as far as its bytes tell. Sentences and findings are made of effects; no name weakens one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from verifier.model.address import Address
from verifier.model.finding import ByteRange
from verifier.model.units import Amount, Timestamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """An asset goes from one account to another."""

    # The native coin is the zero address.
    token: Address
    sender: Address
    recipient: Address
    # In base units; None where the bytes do not fix it. Of an ERC-721 token, 1.
    amount: Amount | None
    # Of an ERC-721 or ERC-1155 token.
    token_id: int | None = None
    # Of the call's data; None where it is the call's value.
    where: ByteRange | None = None
    # What is asked for at the least, of something whose amount the bytes do not fix; None where nobody asks for any.
    least: Amount | None = None
    # Who gets it on another chain, where that is no address as here; the recipient is the bridge then.
    elsewhere: bytes | None = None
    # Whether the call goes on without it where it fails: what has to happen may then not happen.
    is_optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """An account may move somebody's asset from then on, without another operation."""

    token: Address
    owner: Address
    spender: Address
    # In base units; None: all there is and will be. 0 takes an allowance back.
    amount: Amount | None
    # How the amount counts: in the place of what was allowed before, or on top of it.
    is_increase: bool = False
    token_id: int | None = None
    # None where it does not end.
    until: Timestamp | None = None
    where: ByteRange | None = None


class AuthorityKind(Enum):
    """In which way it changes who decides about a contract."""

    OWNER = "owner"
    PENDING_OWNER = "pending owner"
    ADMIN = "admin"
    ROLE_GRANTED = "role granted"
    ROLE_REVOKED = "role revoked"
    SIGNER_ADDED = "signer added"
    SIGNER_REMOVED = "signer removed"
    THRESHOLD = "threshold"
    MODULE = "module"
    GUARD = "guard"
    DELAY = "delay"
    CODE = "code"
    CHECK_OFF = "check switched off"
    STOPPER = "who may stop it"
    TRUSTED = "whose word it takes"
    PAYEE = "whom it pays"
    SETTING = "setting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """It changes who decides about a contract, what it takes to decide, or which code it runs."""

    target: Address
    kind: AuthorityKind
    # Who gains or loses it, or the new code; None where there is no such account.
    account: Address | None = None
    # What it is about besides, such as a role or a number.
    detail: int | bytes | None = None
    where: ByteRange | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegation:
    """An account runs the code of another one as if it were its own: it can do anything that the account can."""

    account: Address
    code: Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Creation:
    """A contract is made, of code that nobody here reads."""

    # Who makes it.
    factory: Address
    # Where it comes to stand, by the rule of who makes it; None where the bytes do not tell.
    account: Address | None
    # Of the code that makes it, with what its constructor is given: not of the code that stands there then. None where
    # the factory has that code, and not the bytes.
    code_hash: bytes | None
    # Whose code it runs as its own; None where it has its own.
    runs: Address | None = None
    where: ByteRange | None = None


Effect = Move | Allowance | Authority | Delegation | Creation
