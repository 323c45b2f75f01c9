"""Who and what may no longer release: the list that is missing, old, or older than one that was used, opens nothing.

version = 1
as_of = 2026-11-27T08:00:00Z      # when somebody last looked it over
people = ["mallory"]              # nothing that they signed counts
kids = ["ann-1"]                  # nothing that this key signed counts
tokens = ["0f1e..."]              # by its `jti`
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Self

from verifier.deploy.gate.policy import ReleasePolicy
from verifier.deploy.gate.policy_file import KID, NAME, require_version
from verifier.deploy.gate.policy_tables import UnfitError, read_toml, table_of, texts_of
from verifier.errors import ReleasePolicyMalformed, ReleaseRefused
from verifier.model.text import show_duration, show_moment
from verifier.model.units import Timestamp

_TOKEN: Final = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocations:
    """What is revoked, as somebody saw it at a moment."""

    as_of: Timestamp
    people: frozenset[str] = frozenset()
    kids: frozenset[str] = frozenset()
    tokens: frozenset[str] = frozenset()

    def require_fresh(self, policy: ReleasePolicy, *, last: Timestamp, now: Timestamp) -> None:
        """Return if it is new enough to be believed.

        :param last: `as_of` of the list that the newest release used
        :raises ReleaseRefused: it is too old, older than that one, or from the future.
        """
        if self.as_of > now + policy.skew:
            why = f"the list of revocations is of {show_moment(self.as_of)}, which is still to come"
            raise ReleaseRefused(rule="revocations-future", why=why)
        if now - self.as_of > policy.revocations_age:
            why = (
                f"the list of revocations is of {show_moment(self.as_of)}, more than "
                f"{show_duration(policy.revocations_age)} ago; look it over and renew `as_of`"
            )
            raise ReleaseRefused(rule="revocations-stale", why=why)
        if self.as_of < last:
            why = (
                f"the list of revocations is of {show_moment(self.as_of)}, and an earlier release used a newer one, of "
                f"{show_moment(last)}: whoever was revoked since is not on it"
            )
            raise ReleaseRefused(rule="revocations-older", why=why)

    def require_known(self, policy: ReleasePolicy) -> None:
        """Return if everybody on it is somebody: a name with a slip in it revokes nobody.

        :raises ReleaseRefused: a person or kid is not in the policy.
        """
        kids = {key.kid for each in policy.people.values() for key in each.keys}
        if unknown := (self.people - policy.people.keys()) | (self.kids - kids):
            why = f"the list of revocations names {min(unknown)}, whom the policy does not; correct it or take it out"
            raise ReleaseRefused(rule="revocations-unknown", why=why)

    def names(self) -> list[str]:
        """Return everything on it, each with what it is."""
        return sorted(
            [f"person {each}" for each in self.people]
            + [f"key {each}" for each in self.kids]
            + [f"token {each}" for each in self.tokens]
        )

    def with_earlier(self, names: Iterable[str]) -> Self:
        """Return the list with what stood on earlier ones: one who was revoked comes off by another policy only."""
        found = [name.partition(" ") for name in names]
        return replace(
            self,
            people=self.people | {name for what, _, name in found if what == "person"},
            kids=self.kids | {name for what, _, name in found if what == "key"},
            tokens=self.tokens | {name for what, _, name in found if what == "token"},
        )

    def require_unrevoked(self, *, person: str, kid: str, jti: str) -> None:
        """:raises ReleaseRefused: the person, the key or the token is on the list."""
        for thing, revoked, what in (
            (person, self.people, "person"),
            (kid, self.kids, "key"),
            (jti, self.tokens, "token"),
        ):
            if thing in revoked:
                raise ReleaseRefused(rule=f"revoked-{what}", why=f"the {what} {thing} is revoked")


def parse_revocations(content: bytes, path: str) -> Revocations:
    """Return what a list says.

    :raises ReleasePolicyMalformed: it is not what it should be.
    """
    try:
        _, found = read_toml(content)
        require_version(found)
        top = table_of(found, "the file", ("version", "as_of"), ("people", "kids", "tokens"))
        return Revocations(
            as_of=_moment(top["as_of"]),
            people=frozenset(texts_of(top, "people", "the file", NAME)),
            kids=frozenset(texts_of(top, "kids", "the file", KID)),
            tokens=frozenset(texts_of(top, "tokens", "the file", _TOKEN)),
        )
    except (UnfitError, OverflowError) as exc:
        raise ReleasePolicyMalformed(path=path, why=str(exc)) from exc


def _moment(found: Any) -> Timestamp:
    if not isinstance(found, datetime) or found.tzinfo is None:
        raise UnfitError("`as_of` should be a moment with its offset, such as 2026-11-27T08:00:00Z")
    return Timestamp(int(found.timestamp()))
