"""Changes of who decides about a contract, and whose neighbours stay quiet."""

from __future__ import annotations

import pytest
from eth_hash.auto import keccak

from tests.core.rules.cases import ALICE, MALLORY, PROTOCOL, call, case_of, findings, severities
from tests.desk.fakes import COMPANIONS, VAULT
from verifier.assess.case import Case
from verifier.assess.rules.table import judge_case
from verifier.model.address import NOBODY, Address
from verifier.model.effect import Authority, AuthorityKind
from verifier.model.finding import ByteRange, Severity

KIND = AuthorityKind


def changing(
    kind: AuthorityKind,
    account: Address | None = MALLORY,
    *,
    target: Address = PROTOCOL,
    detail: int | bytes | None = None,
    labels: dict[Address, str] | None = None,
) -> Case:
    effect = Authority(
        target=target, kind=kind, account=account, detail=detail, where=ByteRange(start=4, stop=36)
    )
    return case_of(call(PROTOCOL, "rearrange()"), effects={0: [effect]}, labels=labels)


def rules_of(case: Case) -> list[tuple[str, Severity]]:
    return [(f.rule, f.severity) for f in judge_case(case) if f.rule.startswith("authority-")]


@pytest.mark.parametrize(
    ("kind", "rule", "severity"),
    [
        (KIND.OWNER, "authority-owner", Severity.DANGER),
        (KIND.PENDING_OWNER, "authority-owner", Severity.DANGER),
        (KIND.ADMIN, "authority-admin", Severity.DANGER),
        (KIND.CODE, "authority-code", Severity.DANGER),
        (KIND.MODULE, "authority-module", Severity.DANGER),
        (KIND.CHECK_OFF, "authority-check-off", Severity.DANGER),
        (KIND.GUARD, "authority-guard", Severity.DANGER),
        (KIND.SIGNER_ADDED, "authority-signer", Severity.DANGER),
        (KIND.SIGNER_REMOVED, "authority-signer-gone", Severity.WARNING),
        (KIND.THRESHOLD, "authority-threshold", Severity.WARNING),
        (KIND.DELAY, "authority-delay", Severity.WARNING),
        (KIND.ROLE_REVOKED, "authority-taken", Severity.NOTICE),
        (KIND.STOPPER, "authority-stopper", Severity.WARNING),
        (KIND.TRUSTED, "authority-trusted", Severity.DANGER),
        (KIND.PAYEE, "authority-payee", Severity.DANGER),
        (KIND.SETTING, "authority-setting", Severity.NOTICE),
    ],
)
def test_authority__every_kind__its_own_finding(kind: AuthorityKind, rule: str, severity: Severity) -> None:
    assert rules_of(changing(kind)) == [(rule, severity)]
    assert rules_of(case_of(call(PROTOCOL, "rearrange()"))) == []


def test_authority__role__more_where_it_is_the_one_that_gives_roles() -> None:
    def granting(role: bytes) -> Case:
        return case_of(call(PROTOCOL, "grantRole(bytes32,address)", role, MALLORY))

    assert rules_of(granting(b"\x01" * 32)) == [("authority-role", Severity.DANGER)]
    assert rules_of(granting(bytes(32))) == [("authority-admin", Severity.DANGER)]
    # Of another function, zero is some number.
    assert rules_of(changing(KIND.ROLE_GRANTED, detail=0)) == [("authority-role", Severity.DANGER)]
    # What can only stop things takes nothing.
    for stopping in (b"PAUSER_ROLE", b"CANCELLER_ROLE"):
        assert rules_of(granting(keccak(stopping))) == [("authority-stopper", Severity.WARNING)]
    assert rules_of(granting(keccak(b"MINTER_ROLE"))) == [("authority-role", Severity.DANGER)]


@pytest.mark.parametrize(
    ("kind", "detail", "expected"),
    [
        (KIND.THRESHOLD, 1, ("authority-alone", Severity.DANGER)),
        (KIND.THRESHOLD, 2, ("authority-threshold", Severity.WARNING)),
        (KIND.DELAY, 0, ("authority-undelayed", Severity.DANGER)),
        (KIND.DELAY, 3_599, ("authority-undelayed", Severity.DANGER)),
        (KIND.DELAY, 3_600, ("authority-delay", Severity.WARNING)),
    ],
)
def test_authority__so_few_signers_or_so_short_a_wait_that_nobody_can_stop_it__danger(
    kind: AuthorityKind, detail: int, expected: tuple[str, Severity]
) -> None:
    assert rules_of(changing(kind, None, detail=detail)) == [expected]


def test_authority__module_taken_out__a_notice() -> None:
    assert rules_of(changing(KIND.MODULE, detail=0)) == [("authority-taken", Severity.NOTICE)]
    assert rules_of(changing(KIND.MODULE, detail=1)) == [("authority-module", Severity.DANGER)]


def test_authority__account_not_in_the_bytes__not_said_to_be_nobody() -> None:
    (found,) = findings(changing(KIND.OWNER, None), "authority-owner")
    assert "the bytes do not say who" in found.sentence


def test_authority__to_the_vault_itself__a_notice() -> None:
    assert rules_of(changing(KIND.OWNER, VAULT)) == [("authority-gained", Severity.NOTICE)]


@pytest.mark.parametrize(
    ("kind", "detail"), [(KIND.SIGNER_REMOVED, None), (KIND.ROLE_REVOKED, bytes(32)), (KIND.MODULE, 0)]
)
def test_authority__taken_from_the_vault_itself__warned(
    kind: AuthorityKind, detail: int | bytes | None
) -> None:
    """Who takes the vault's own say away robs it of what that protects."""
    assert rules_of(changing(kind, VAULT, detail=detail)) == [("authority-lost", Severity.WARNING)]


def test_authority__to_nobody__said_so() -> None:
    (found,) = findings(changing(KIND.OWNER, NOBODY), "authority-owner")
    assert found.severity is Severity.DANGER
    assert "nobody becomes the owner" in found.sentence


def test_authority__label__lowers_it_and_only_the_gainers() -> None:
    labelled = {MALLORY: "Deployer"}
    assert rules_of(changing(KIND.OWNER, labels=labelled)) == [("authority-owner", Severity.WARNING)]
    assert rules_of(changing(KIND.OWNER, labels={PROTOCOL: "Pool"})) == [("authority-owner", Severity.DANGER)]
    assert rules_of(changing(KIND.CHECK_OFF, labels=labelled)) == [("authority-check-off", Severity.DANGER)]


@pytest.mark.parametrize("target", [VAULT, COMPANIONS.duty_registry])
def test_authority__of_the_vault_itself__other_rules_speak(target: Address) -> None:
    effect = Authority(target=target, kind=KIND.SIGNER_ADDED, account=ALICE)
    assert rules_of(case_of(call(target, "rearrange()"), effects={0: [effect]})) == []
    # Another contract may be told to obey somebody in the vault's name: no other rule speaks of that.
    told = case_of(call(PROTOCOL, "rearrange()"), effects={0: [effect]})
    assert rules_of(told) == [("authority-signer", Severity.DANGER)]


def test_authority__finding__names_its_call_and_bytes() -> None:
    (found,) = findings(changing(KIND.CODE), "authority-code")
    assert (found.call, found.where, found.path) == (0, ByteRange(start=4, stop=36), ())
    assert severities(changing(KIND.CODE, None), "authority-code") == [Severity.DANGER]
