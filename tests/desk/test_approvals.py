"""Co-signers' signatures against this client's own digest: whose they are, and which are passed over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from eth_keys.datatypes import PrivateKey

from tests.desk import signers
from tests.desk.fakes import (
    NO_BYPASSES,
    address_of,
    group,
    lane_of,
    member,
    operation,
    reading,
    signer,
    usual_members,
)
from tests.frost.group import Group
from verifier.assess.case import CheckedApproval
from verifier.desk.approvals import check_approvals
from verifier.desk.review import make_review
from verifier.desk.surroundings import surroundings_of
from verifier.model.address import Address
from verifier.model.evidence import Evidence
from verifier.model.finding import Severity
from verifier.model.history import NO_HISTORY
from verifier.model.member import Member
from verifier.model.operation import NO_SIGNATURE, UNPUBLISHED, Approval, Publication, Signature
from verifier.model.reading import NO_POLICY, ApprovalsReading, OperationReading
from verifier.model.text import Shown
from verifier.model.units import BlockNumber, MemberIndex
from verifier.sign.typed import approve_digest

KEY, OTHER_KEY = PrivateKey(b"\x01" * 32), PrivateKey(b"\x02" * 32)
ONE = operation()
LANE = lane_of(ONE, 1, 2, 3)


def signed(key: PrivateKey, *, seat: int = 1, publication: Publication = UNPUBLISHED) -> Approval:
    """Return an approval of the operation by a key."""
    read = reading(LANE)
    digest = approve_digest(LANE.operation_id, publication, chain_id=read.head.chain_id, vault=read.vault)
    made = key.sign_msg_hash(digest)
    signature = Signature(r=made.r.to_bytes(32, "big"), s=made.s.to_bytes(32, "big"), v=made.v + 27)
    return Approval(seat=MemberIndex(seat), publication=publication, signature=signature)


def members(*, seated_in_block: int = 1) -> dict[int, Member]:
    """Return the usual members, with the key's owner in seat 1."""
    owner = replace(member(1), address=Address(KEY.public_key.to_canonical_address()))
    record = replace(owner.record, seated_in_block=BlockNumber(seated_in_block))
    return {**usual_members(), 1: replace(owner, record=record), 4: group(4, 201, 202)}


def check(approvals: Iterable[Approval], sitting: dict[int, Member] | None = None) -> list[CheckedApproval]:
    read = reading(LANE, members=sitting or members())
    source, evidence = Shown("the publishing transaction"), Evidence.AGREED
    return list(check_approvals(approvals, read, LANE, source=source, evidence=evidence))


def test_check__the_members_own_signature__is_who_it_should_be() -> None:
    for publication in (UNPUBLISHED, LANE.state.publication):
        (checked,) = check([signed(KEY, publication=publication)])
        assert checked.actual == checked.expected == Address(KEY.public_key.to_canonical_address())


def test_check__another_key__names_who_made_it() -> None:
    (checked,) = check([signed(OTHER_KEY)])
    assert checked.actual == Address(OTHER_KEY.public_key.to_canonical_address())
    assert checked.actual != checked.expected


def test_check__other_bytes__is_somebody_elses() -> None:
    moved = replace(signed(KEY), publication=LANE.state.publication)
    (checked,) = check([moved])
    assert checked.actual != checked.expected


def test_check__no_signature_that_anybody_makes__nobodys() -> None:
    made = signed(KEY)
    broken = replace(made, signature=replace(made.signature, r=bytes(32)))
    (checked,) = check([broken])
    assert checked.actual is None


def test_check__own_transactions_and_empty_seats__passed_over() -> None:
    own = Approval(seat=MemberIndex(1), publication=LANE.state.publication, signature=NO_SIGNATURE)
    empty = signed(KEY, seat=60)
    assert check([own, empty, replace(own, seat=MemberIndex(4))]) == []
    assert check([replace(own, seat=MemberIndex(2)), signed(OTHER_KEY)])


def by_group(name: str, *, publication: Publication = UNPUBLISHED) -> Approval:
    """Return an approval of the operation by FROST, for seat 4."""
    read = reading(LANE)
    digest = approve_digest(LANE.operation_id, publication, chain_id=read.head.chain_id, vault=read.vault)
    return Approval(
        seat=MemberIndex(4), publication=publication, signature=signers.group_signature_of(name, digest)
    )


def with_owls() -> dict[int, Member]:
    return {**members(), 4: signers.group_with_key(4, "owls")}


def test_check__by_frost_of_the_group_that_sits_there__is_who_it_should_be() -> None:
    for publication in (UNPUBLISHED, LANE.state.publication):
        (checked,) = check([by_group("owls", publication=publication)], with_owls())
        assert checked.actual == checked.expected == with_owls()[4].address


def test_check__by_frost_of_another_group_or_for_other_bytes__nobodys() -> None:
    moved = replace(by_group("owls"), publication=LANE.state.publication)
    for approval in (by_group("larks"), moved):
        (checked,) = check([approval], with_owls())
        assert (checked.expected, checked.actual) == (with_owls()[4].address, None)


def test_check__kind_of_signature_that_the_member_does_not_make__nobodys() -> None:
    """The contract tells them apart by v; one that is passed over as of the other kind would never be looked at."""
    (of_a_person,) = check([replace(signed(KEY), signature=replace(signed(KEY).signature, v=2))])
    assert of_a_person.actual is None
    (of_a_group,) = check([signed(Group.new("owls").key, seat=4)], with_owls())
    assert (of_a_group.expected, of_a_group.actual) == (with_owls()[4].address, None)


def test_check__seat_taken_after_the_publication__void_and_passed_over() -> None:
    published = LANE.state.publication.block
    assert check([signed(OTHER_KEY)], members(seated_in_block=published)) == []
    assert check([signed(OTHER_KEY)], members(seated_in_block=published - 1))
    assert address_of(1) != Address(KEY.public_key.to_canonical_address())


def published(approvals: tuple[Approval, ...] | None) -> ApprovalsReading:
    return ApprovalsReading(
        operation_id=LANE.operation_id,
        transaction=b"\x0f" * 32,
        approvals=approvals,
        evidence=Evidence.CLAIMED,
    )


def test_review__signature_of_somebody_else_in_the_publication__an_incident() -> None:
    read = reading(LANE, members=members())

    def rules(found: ApprovalsReading | None) -> list[tuple[str, Severity]]:
        surroundings = surroundings_of(
            read, LANE, accounts={}, simulation=None, history=NO_HISTORY, published=found
        )
        whole = OperationReading(operation=ONE, evidence=Evidence.PROVEN)
        review = make_review(read, LANE, whole, NO_POLICY, NO_BYPASSES, signer(), surroundings)
        missing = [
            "approval-forged" in each.sentence for each in review.findings if each.rule == "not-judged"
        ]
        assert any(missing) is (found is None or found.approvals is None)
        return [(each.rule, each.severity) for each in review.findings if each.rule == "approval-forged"]

    assert rules(published((signed(OTHER_KEY),))) == [("approval-forged", Severity.DANGER)]
    assert rules(published((signed(KEY),))) == []
    # In seat 4 sits a group, and it has another key.
    assert rules(published((signed(KEY), by_group("larks")))) == [("approval-forged", Severity.DANGER)]
    assert rules(published(None)) == []
    assert rules(None) == []
