"""What the record of releases proves: each entry is judged by the same rules when it is written and when it is read.

    kind             tokens                       body
    start            none; the first entry        policy
    policy           two people, of the old one   policy, tokens
    release          two people                   commit, file, network, chain, writers, ..., tokens
    bypass           one person                   commit, file, network, chain, reason, writers, ..., tokens
    change-bypass    one person                   commit, repository, pull, reason, writers, tokens
    review           one who took no part         bypass, justified, findings, tokens

The tokens stand in the entries as they were signed. So whoever may write to the file can add no release, no review and
no policy of their own: an entry without good tokens breaks the record.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from verifier.deploy.gate.policy import ReleasePolicy
from verifier.deploy.gate.policy_file import parse_policy
from verifier.deploy.gate.token import (
    MATTERS,
    Authorisation,
    Matter,
    Purpose,
    require_matter,
    require_timely,
    verify_token,
)
from verifier.errors import FourthSignerError, ReleaseRefused
from verifier.model.hash_chain import GENESIS
from verifier.model.limits import BYPASS_PERIOD
from verifier.model.text import Foreign, show_bytes, show_moment
from verifier.model.units import Timestamp
from verifier.model.watching import AuditRecord

START: Final = "start"
_PEOPLE: Final = {Purpose.RELEASE: 2, Purpose.POLICY: 2}
"""How many people have to sign; one where nothing is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateBypass:
    """A gate that was not gone through."""

    number: int
    # Of its entry; empty until that is sealed.
    hash: bytes
    at: Timestamp
    purpose: Purpose
    matter: Matter
    # Whoever signed it, or wrote what it let through.
    took_part: frozenset[Foreign]
    # Whether it was right; None while nobody has reviewed it.
    is_justified: bool | None = None
    reviewer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GateState:
    """What a record comes to."""

    policy: ReleasePolicy | None = None
    # What every entry has, so that a token can say which one its signer saw.
    hashes: tuple[bytes, ...] = ()
    last_at: Timestamp = field(default=Timestamp(0))
    spent: frozenset[str] = frozenset()
    bypasses: tuple[GateBypass, ...] = ()
    # Full hash of the newest commit that two people released.
    last_released: str | None = None
    # Who and what stood on any list that was used since the policy was adopted.
    revoked: frozenset[Foreign] = frozenset()
    # `as_of` of the newest list of revocations that was used.
    revocations_as_of: Timestamp = field(default=Timestamp(0))

    @property
    def head(self) -> bytes:
        return self.hashes[-1] if self.hashes else GENESIS

    @property
    def number(self) -> int:
        return len(self.hashes)


def replayed(records: Iterable[AuditRecord]) -> GateState:
    """Return what a record comes to.

    :raises EntryUnfitError: an entry would not have been let in.
    """
    state = GateState()
    for record in records:
        try:
            state, _ = admitted(state, record.kind, json.loads(record.body), at=record.at)
        except (FourthSignerError, KeyError, TypeError, ValueError, AttributeError) as exc:
            why = exc.sentence() if isinstance(exc, FourthSignerError) else "it does not say what it should"
            raise EntryUnfitError(record.number, why) from exc
        state = sealed(state, record.hash)
    return state


def sealed(state: GateState, entry: bytes) -> GateState:
    """Return the state with the hash of the entry that was admitted last: from then on it names a bypass."""
    bypasses = tuple(replace(each, hash=entry) if not each.hash else each for each in state.bypasses)
    return replace(state, hashes=(*state.hashes, entry), bypasses=bypasses)


class EntryUnfitError(Exception):
    """Which entry of a record is unfit, and why; whoever knows the record's place makes an error of the tree of it."""

    def __init__(self, number: int, why: str) -> None:
        super().__init__(why)
        self.number = number
        self.why = why


def admitted(
    state: GateState, kind: str, body: Mapping[str, Any], *, at: Timestamp
) -> tuple[GateState, tuple[Authorisation, ...]]:
    """Return the state after one more entry, and who authorised it.

    :raises ReleaseRefused: it may not follow.
    """
    if at + (state.policy.skew if state.policy else 0) < state.last_at:
        why = f"this machine's clock says {show_moment(at)}, and the newest entry is of {show_moment(state.last_at)}"
        raise ReleaseRefused(rule="clock-back", why=why)
    if (kind == START) != (state.number == 0):
        raise ReleaseRefused(rule="record-start", why="a record begins with its start, and has no other")
    if kind == START:
        return replace(state, policy=_policy_of(body), last_at=max(at, state.last_at)), ()
    purpose = Purpose(kind)
    people = _authorised(state, purpose, body, at=at)
    after = replace(state, last_at=max(at, state.last_at), spent=state.spent | {each.jti for each in people})
    match purpose:
        case Purpose.POLICY:
            return replace(after, policy=_policy_of(body), revoked=frozenset()), people
        case Purpose.RELEASE:
            _require_no_writer(people, body["writers"])
            after = replace(after, last_released=body["commit"])
            return _with_list(after, body), people
        case Purpose.BYPASS | Purpose.CHANGE_BYPASS:
            require_bypass_allowed(state, at)
            bypass = _bypass_of(state, purpose, body, people, at)
            after = replace(after, bypasses=(*after.bypasses, bypass))
            return _with_list(after, body), people
        case Purpose.REVIEW:
            return replace(after, bypasses=_reviewed(state, body, people)), people


def _authorised(
    state: GateState, purpose: Purpose, body: Mapping[str, Any], *, at: Timestamp
) -> tuple[Authorisation, ...]:
    """Return whose tokens an entry has: enough people, each with one token that is good, new and about this."""
    policy, count = _policy(state), _PEOPLE.get(purpose, 1)
    tokens = body["tokens"]
    if not isinstance(tokens, list) or len(tokens) < count or (count == 1 and len(tokens) > 1):
        few = f"{count} people have" if count > 1 else "one person has"
        raise ReleaseRefused(
            rule="too-few", why=f"{few} to authorise this, and {len(tokens)} tokens were given"
        )
    matter = _matter(purpose, body)
    people: list[Authorisation] = []
    for token in tokens:
        each = verify_token(token, policy)
        require_timely(each, policy, at)
        require_matter(each, purpose, matter)
        if each.jti in state.spent or any(each.jti == other.jti for other in people):
            raise ReleaseRefused(rule="spent", why=f"{each.person}'s token {each.jti} was used before")
        if any(each.person == other.person for other in people):
            why = f"{each.person} signed twice, and two people are wanted: two keys of one person are one person"
            raise ReleaseRefused(rule="same-person", why=why)
        if each.seen not in state.hashes:
            why = (
                f"{each.person} saw the entry {show_bytes(each.seen)} in the record, and this record does not have it: "
                "it was cut off, written anew, or is another one"
            )
            raise ReleaseRefused(rule="record-other", why=why)
        people.append(each)
    return tuple(people)


def _matter(purpose: Purpose, body: Mapping[str, Any]) -> Matter:
    if purpose is Purpose.POLICY:
        return {"policy": hashlib.sha256(body["policy"].encode("utf-8")).hexdigest()}
    return {name: body[name] for name in MATTERS[purpose]}


def _policy(state: GateState) -> ReleasePolicy:
    if state.policy is None:
        raise ReleaseRefused(rule="record-start", why="the record has no policy yet")
    return state.policy


def _policy_of(body: Mapping[str, Any]) -> ReleasePolicy:
    return parse_policy(body["policy"].encode("utf-8"), "in the record")


def _with_list(state: GateState, body: Mapping[str, Any]) -> GateState:
    if "revocations_as_of" not in body:
        return state
    names = body["revoked"]
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise TypeError("revoked")
    as_of = Timestamp(int(body["revocations_as_of"]))
    return replace(state, revocations_as_of=as_of, revoked=state.revoked | frozenset(names))


def _require_no_writer(people: Iterable[Authorisation], writers: Iterable[str]) -> None:
    """:raises ReleaseRefused: one of them wrote what would be released."""
    written = set(writers)
    for each in people:
        if each.person in written:
            why = f"{each.person} wrote, merged or co-wrote some of what would be deployed"
            raise ReleaseRefused(rule="writer", why=why)


# ------------------------------------------------------------------------------------------------------------ Bypass


def require_bypass_allowed(state: GateState, now: Timestamp) -> None:
    """Return if one more bypass is allowed: the rule of a vault's ledger of bypasses.

    :raises ReleaseRefused: one has been unreviewed for too long, or there were too many and one is unreviewed.
    """
    rules = _policy(state).bypass
    waiting = [each for each in state.bypasses if each.is_justified is None]
    if not waiting:
        return
    due_by = waiting[0].at + rules.review_within
    if now > due_by:
        why = f"bypass {waiting[0].number} should have been reviewed by {show_moment(due_by)}; somebody has to first"
        raise ReleaseRefused(rule="bypass-overdue", why=why)
    recent = [each for each in state.bypasses if now < each.at + BYPASS_PERIOD]
    if len(recent) >= rules.limit:
        why = f"there were {len(recent)} bypasses within 30 days, and bypass {waiting[0].number} is not reviewed"
        raise ReleaseRefused(rule="bypass-limit", why=why)


def _bypass_of(
    state: GateState,
    purpose: Purpose,
    body: Mapping[str, Any],
    people: tuple[Authorisation, ...],
    at: Timestamp,
) -> GateBypass:
    writers = body["writers"]
    if not isinstance(writers, list):
        raise TypeError("writers")
    if "words" in body and hashlib.sha256(body["words"].encode("utf-8")).hexdigest() != body["reason"]:
        raise ReleaseRefused(rule="wrong-reason", why="the reason in words is not the one that was signed")
    return GateBypass(
        number=state.number + 1,
        hash=b"",
        at=at,
        purpose=purpose,
        matter=_matter(purpose, body),
        took_part=frozenset(writers) | {each.person for each in people},
    )


def _reviewed(
    state: GateState, body: Mapping[str, Any], people: tuple[Authorisation, ...]
) -> tuple[GateBypass, ...]:
    (reviewer,) = people
    found = [each for each in state.bypasses if each.hash.hex() == body["bypass"]]
    if not found or found[0].is_justified is not None:
        raise ReleaseRefused(rule="review-nothing", why="there is no such bypass that nobody has reviewed")
    if reviewer.person in found[0].took_part:
        why = f"{reviewer.person} took part in bypass {found[0].number}: authorised it, or wrote what it let through"
        raise ReleaseRefused(rule="review-participant", why=why)
    done = replace(found[0], is_justified=bool(body["justified"]), reviewer=reviewer.person)
    return tuple(done if each is found[0] else each for each in state.bypasses)
