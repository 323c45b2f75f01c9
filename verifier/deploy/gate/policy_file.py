"""Reading release.toml. It is believed only as a whole: what is not understood is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from verifier.deploy.gate.policy import (
    MAX_LIFETIME,
    MAX_SKEW,
    BypassRules,
    PolicyKey,
    PolicyNetwork,
    PolicyPerson,
    ReleasePolicy,
)
from verifier.deploy.gate.policy_keys import material_of, read_key
from verifier.deploy.gate.policy_tables import (
    UnfitError,
    number_of,
    path_in,
    read_toml,
    table_of,
    text_of,
    texts_of,
    truth_of,
)
from verifier.errors import ReleasePolicyMalformed
from verifier.model.limits import MAX_REVIEW_HOURS
from verifier.model.units import ChainId, Duration

VERSION: Final = 1
_HOUR: Final = 3_600
_USUAL_SKEW: Final = 60
_USUAL_LIFETIME: Final = 24
_USUAL_AGE: Final = 168
_MOST_AGE: Final = 30 * 24
NAME: Final = re.compile(r"[a-z0-9][a-z0-9.-]{0,39}")
KID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_AUDIENCE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/:-]{0,99}")
_EMAIL: Final = re.compile(r"[!-?A-Z^-~\[\]]{1,64}@[A-Za-z0-9.-]{1,190}")
_LOGIN: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})(?:_[A-Za-z0-9]{1,20})?")
_SSH: Final = re.compile(r"SHA256:[A-Za-z0-9+/]{43}")
_GPG: Final = re.compile(r"[0-9A-F]{40}|[0-9A-F]{64}")
_COMMIT: Final = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_HASH: Final = re.compile(r"0x[0-9a-f]{64}")


def parse_policy(content: bytes, path: str) -> ReleasePolicy:
    """Return what a policy says.

    :param path: what to call it in errors
    :raises ReleasePolicyMalformed: it is not what it should be.
    """
    try:
        return _policy(*read_toml(content))
    except UnfitError as exc:
        raise ReleasePolicyMalformed(path=path, why=str(exc)) from exc


def _policy(written: str, content: dict[str, Any]) -> ReleasePolicy:
    require_version(content)
    needed = ("version", "audience", "deployed", "record", "revocations", "networks", "people")
    optional = ("max_lifetime_hours", "skew_seconds", "since", "head", "machines", "signed_commits", "bypass")
    top = table_of(content, "the file", needed, (*optional, "revocations_max_age_hours"))
    people = {name: _person(name, each) for name, each in table_of(top["people"], "people").items()}
    networks = {name: _network(name, each) for name, each in table_of(top["networks"], "networks").items()}
    deployed = texts_of(top, "deployed", "the file")
    if not deployed or len(set(deployed)) < len(deployed):
        raise UnfitError("`deployed` should be a list of paths, each once")
    policy = ReleasePolicy(
        as_written=written,
        audience=text_of(top, "audience", "the file", _AUDIENCE),
        max_lifetime=Duration(
            number_of(top, "max_lifetime_hours", 1, MAX_LIFETIME // _HOUR, _USUAL_LIFETIME) * _HOUR
        ),
        skew=Duration(number_of(top, "skew_seconds", 0, MAX_SKEW, _USUAL_SKEW)),
        deployed=tuple("" if path == "." else path_in(path) for path in deployed),
        people=people,
        networks=networks,
        record=text_of(top, "record", "the file", re.compile(r"[ -~]{1,400}")),
        revocations=path_in(text_of(top, "revocations", "the file")),
        revocations_age=Duration(
            number_of(top, "revocations_max_age_hours", 1, _MOST_AGE, _USUAL_AGE) * _HOUR
        ),
        since=text_of(top, "since", "the file", _COMMIT) if "since" in top else None,
        head=bytes.fromhex(text_of(top, "head", "the file", _HASH)[2:]) if "head" in top else None,
        machines=frozenset(each.casefold() for each in texts_of(top, "machines", "the file", _EMAIL)),
        is_signed=truth_of(top, "signed_commits", "the file", usual=False),
        bypass=_bypass(top.get("bypass", {})),
    )
    _require_whole(policy)
    return policy


def require_version(content: Mapping[str, Any]) -> None:
    """:raises UnfitError: it is written for another program."""
    if content.get("version") is True or content.get("version") != VERSION:
        raise UnfitError(f"it should begin with `version = {VERSION}`, the only one that this program reads")


def _person(name: str, content: Any) -> PolicyPerson:
    where = f"people.{name}"
    if not NAME.fullmatch(name):
        raise UnfitError("a person should be named with small letters, digits, dots and dashes")
    one = table_of(content, where, ("emails",), ("ssh", "gpg", "github", "keys"))
    keys = one.get("keys", [])
    if not isinstance(keys, list):
        raise UnfitError(f"keys of {where} should be tables, written [[{where}.keys]]")
    emails = texts_of(one, "emails", where, _EMAIL)
    return PolicyPerson(
        person=name,
        emails=frozenset(email.casefold() for email in emails),
        ssh=frozenset(texts_of(one, "ssh", where, _SSH)),
        gpg=frozenset(texts_of(one, "gpg", where, _GPG)),
        github=text_of(one, "github", where, _LOGIN).casefold() if "github" in one else None,
        keys=tuple(_key(each, where) for each in keys),
    )


def _key(content: Any, where: str) -> PolicyKey:
    one = table_of(content, f"a key of {where}", ("kid",), ("pem", "jwk"))
    kid = text_of(one, "kid", f"a key of {where}", KID)
    algorithm, public = read_key(one, f"key {kid}")
    return PolicyKey(kid=kid, algorithm=algorithm, public=public)


def _network(name: str, content: Any) -> PolicyNetwork:
    where = f"networks.{name}"
    if not NAME.fullmatch(name):
        raise UnfitError("a network should be named with small letters, digits, dots and dashes")
    one = table_of(content, where, ("chain", "production"))
    return PolicyNetwork(
        network=name,
        chain_id=ChainId(number_of(one, "chain", 1, (1 << 63) - 1)),
        is_production=truth_of(one, "production", where),
    )


def _bypass(content: Any) -> BypassRules:
    one = table_of(content, "bypass", (), ("review_within_hours", "limit"))
    usual = BypassRules()
    within = number_of(one, "review_within_hours", 1, MAX_REVIEW_HOURS, usual.review_within // _HOUR)
    return BypassRules(
        review_within=Duration(within * _HOUR), limit=number_of(one, "limit", 1, 255, usual.limit)
    )


def _require_whole(policy: ReleasePolicy) -> None:
    """:raises UnfitError: one thing is two people's, or nobody could ever release."""
    seen: dict[tuple[str, str], str] = {}
    for each in policy.people.values():
        for what, thing in _belongings(each):
            if (what, thing) in seen:
                said = f"{what} {thing}" if what != "key" else "a public key"
                raise UnfitError(f"{said} is there twice: at {seen[what, thing]} and at {each.person}")
            seen[what, thing] = each.person
    chains = [network.chain_id for network in policy.networks.values()]
    if len(set(chains)) < len(chains):
        raise UnfitError("one chain has two names, so a release for one would not be one for the other")
    if shared := policy.machines & {email for each in policy.people.values() for email in each.emails}:
        raise UnfitError(f"{min(shared)} is a machine's address and a person's")
    able = sum(bool(each.keys) for each in policy.people.values())
    if able < 2 and any(network.is_production for network in policy.networks.values()):
        raise UnfitError("production needs two people, and fewer have a key")


def _belongings(each: PolicyPerson) -> Iterator[tuple[str, str]]:
    """Yield what can be one person's only, by kind."""
    yield from (("address", email) for email in each.emails)
    yield from (("signing key", fingerprint) for fingerprint in each.ssh | each.gpg)
    if each.github is not None:
        yield "account", each.github
    for key in each.keys:
        # Two that differ in capital letters alone are one to the eye.
        yield "kid", key.kid.lower()
        yield "key", material_of(key.public).hex()
