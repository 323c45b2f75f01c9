"""Who gains: known or not, for the first time, or made up to be taken for another."""

from __future__ import annotations

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from tests.core.rules.cases import (
    ALICE,
    MALLORY,
    PROTOCOL,
    ROUTER,
    SEEN,
    TOKEN,
    call,
    case_of,
    findings,
    policy,
    severities,
    transfer,
)
from tests.desk.fakes import NOW, VAULT, address_of
from verifier.assess.case import Case
from verifier.assess.likeness import Likenesses, mark_differences
from verifier.assess.rules.table import judge_case
from verifier.model.address import Address
from verifier.model.asset import AssetTerms, Use
from verifier.model.effect import Allowance, Authority, AuthorityKind, Delegation, Move
from verifier.model.evidence import Evidence
from verifier.model.finding import Severity
from verifier.model.history import History
from verifier.model.units import Amount, OperationId, Timestamp, Units

UNKNOWN = "counterparty-unknown"
LISTED = AssetTerms(routine_limit=Units(100), high_value_from=Units(1_000), decimals=6)


def look_alike_of(known: Address, *, middle: int = 0x77) -> Address:
    """Return an address with the same first and last two bytes."""
    return Address(known[:2] + bytes([middle]) * 16 + known[-2:])


def test_ordinary_business__listed_asset_to_an_allowed_recipient__no_warning() -> None:
    case = case_of(transfer(), policy=policy(assets={TOKEN: LISTED}, uses={ALICE: Use.RECIPIENT}))
    assert [f.rule for f in judge_case(case) if f.severity > Severity.NOTICE] == []


def test_counterparty__allowed_but_not_proven__warned_all_the_same() -> None:
    def allowed(evidence: Evidence) -> Case:
        return case_of(transfer(), policy=policy(uses={ALICE: Use.RECIPIENT}, evidence=evidence))

    assert findings(allowed(Evidence.PROVEN), UNKNOWN) == []
    for weaker in (Evidence.AGREED, Evidence.CLAIMED):
        (found,) = findings(allowed(weaker), UNKNOWN)
        assert found.severity is Severity.WARNING
        assert "is not proven" in found.sentence


def test_counterparty__gains_by_an_effect__as_by_a_transfer() -> None:
    move = Move(token=TOKEN, sender=VAULT, recipient=MALLORY, amount=None)
    allowance = Allowance(token=TOKEN, owner=VAULT, spender=MALLORY, amount=None)
    for effect in (move, allowance):
        assert severities(case_of(call(PROTOCOL, "go()"), effects={0: [effect]}), UNKNOWN) == [
            Severity.WARNING
        ]
    back = Move(token=TOKEN, sender=MALLORY, recipient=VAULT, amount=Amount(5))
    assert severities(case_of(call(PROTOCOL, "go()"), effects={0: [back]}), UNKNOWN) == []


def test_counterparty__never_seen__noticed_once_this_client_remembers_anything() -> None:
    rule = "counterparty-first-time"
    assert severities(case_of(transfer(MALLORY), history=SEEN), rule) == [Severity.NOTICE]
    assert severities(case_of(transfer(ALICE), history=SEEN), rule) == []
    assert severities(case_of(transfer(MALLORY)), rule) == []


def test_counterparty__memory_of_ids_alone__is_no_memory_of_counterparties() -> None:
    ids = History(identities={(0, 1): frozenset({OperationId(bytes(32))})})
    case = case_of(transfer(MALLORY), history=ids)
    assert severities(case, "counterparty-first-time") == []
    assert any("remembers no operation" in found.sentence for found in findings(case, "not-judged"))


@pytest.mark.parametrize("known_by", ["label", "member", "history", "vault", "allowed"])
def test_counterparty__looks_like_one_that_is_known__danger(known_by: str) -> None:
    known = {"member": address_of(3), "vault": VAULT}.get(known_by, ALICE)
    impostor = look_alike_of(known)

    def case(to: Address) -> Case:
        return case_of(
            transfer(to),
            labels={known: "Payroll"} if known_by == "label" else {},
            policy=policy(uses={known: Use.RECIPIENT} if known_by == "allowed" else {}),
            history=History(counterparties={known: Timestamp(NOW)}) if known_by == "history" else History(),
        )

    (found,) = findings(case(impostor), "counterparty-look-alike")
    assert found.severity is Severity.DANGER
    assert str(known) in found.sentence
    assert str(mark_differences(impostor, known)) in found.sentence
    assert findings(case(known), "counterparty-look-alike") == []
    assert findings(case(MALLORY), "counterparty-look-alike") == []


def test_counterparty__both_labelled__neither_is_an_impostor() -> None:
    labels = {ALICE: "Payroll", look_alike_of(ALICE): "Payroll, new"}
    assert findings(case_of(transfer(look_alike_of(ALICE)), labels=labels), "counterparty-look-alike") == []


def test_counterparty__impostor_that_was_paid_before__still_one() -> None:
    impostor = look_alike_of(ALICE)
    history = History(counterparties={impostor: Timestamp(NOW)})
    case = case_of(transfer(impostor), labels={ALICE: "Payroll"}, history=history)
    assert severities(case, "counterparty-look-alike") == [Severity.DANGER]


def test_look_alike__listed_asset_that_is_not_proven__is_not_taken_for_honest() -> None:
    impostor, labels = look_alike_of(TOKEN), {TOKEN: "USDC"}
    sent = call(impostor, "transfer(address,uint256)", ALICE, 1)

    def case(evidence: Evidence) -> Case:
        return case_of(sent, labels=labels, policy=policy(assets={impostor: LISTED}, evidence=evidence))

    assert severities(case(Evidence.AGREED), "counterparty-look-alike") == [Severity.DANGER]
    assert severities(case(Evidence.PROVEN), "counterparty-look-alike") == []


def test_look_alike__target_owner_or_code__as_a_recipient() -> None:
    impostor, labels = look_alike_of(ROUTER), {ROUTER: "Router"}
    owner = Authority(target=PROTOCOL, kind=AuthorityKind.OWNER, account=impostor)
    code = Delegation(account=VAULT, code=impostor)
    plain = call(PROTOCOL, "go()")
    for case in (
        case_of(call(impostor, "go()"), labels=labels),
        case_of(plain, effects={0: [owner]}, labels=labels),
        case_of(plain, effects={0: [code]}, labels=labels),
    ):
        assert severities(case, "counterparty-look-alike") == [Severity.DANGER]
    assert findings(case_of(plain, labels=labels), "counterparty-look-alike") == []


ADDRESSES = st.binary(min_size=20, max_size=20).map(Address)


@given(ADDRESSES, st.binary(min_size=16, max_size=16))
def test_likeness__same_ends__found_whatever_is_between(known: Address, middle: bytes) -> None:
    other = Address(known[:2] + middle + known[-2:])
    assume(other != known)
    assert list(Likenesses([known]).of(other)) == [known]
    assert list(Likenesses([known]).of(known)) == []


@given(ADDRESSES, ADDRESSES)
@example(ALICE, Address(ALICE[:1] + b"\0" + ALICE[2:]))
def test_likeness__marked__nothing_but_brackets_is_added(address: Address, known: Address) -> None:
    marked = mark_differences(address, known)
    assert marked.replace("[", "").replace("]", "") == str(address)
    equal = "".join(part.partition("]")[2] for part in f"]{marked}".split("["))
    assert len(equal) == 2 + sum(a == b for a, b in zip(address.hex(), known.hex(), strict=True))
