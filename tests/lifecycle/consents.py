"""How people approve: properly, in every way there is, and in ways that must not count."""

from __future__ import annotations

from dataclasses import replace

from tests.lifecycle.choices import Choices
from tests.lifecycle.messages import approval
from tests.lifecycle.run import Run
from tests.lifecycle.signatures import sign_as_account
from tests.lifecycle.vocabulary import id_of
from verifier.assess.policy import judge
from verifier.model.address import Address
from verifier.model.member import MemberRecord, MemberStatus, Role
from verifier.model.operation import NO_SIGNATURE, UNPUBLISHED, Approval, Operation, Publication, Signature
from verifier.model.tier import Tier
from verifier.model.units import BlockNumber, ChainId, MemberIndex, Timestamp, seat_of_lane
from verifier.sign.approval import ORDER


def subject_of(run: Run, operation: Operation) -> Address:
    state = run.state
    return judge(
        operation.calls, vault=run.vault, book=state.policy, known=state.records, now=run.time
    ).subject


def may_approve(run: Run, operation: Operation, *, tier: Tier | None = None) -> list[str]:
    """Return whose approval would count and is not there yet, by name."""
    slot, subject = run.state.lane(operation.lane), subject_of(run, operation)
    is_published = run.is_open(operation)
    tier = tier if tier is not None else slot.state.tier

    def is_fit(record: MemberRecord) -> bool:
        seasoned = tier < Tier.HIGH_VALUE or slot.state.seat_operation or record.seasoned_at <= run.time
        is_old = not is_published or record.seated_in_block < slot.state.publication.block
        is_new = not is_published or record.seat not in slot.state.approvals
        is_other = record.seat != seat_of_lane(operation.lane)
        in_office = record.is_active and record.has_any(Role.APPROVER)
        return in_office and is_other and is_old and is_new and seasoned

    return [name for name in run.seated(is_fit) if run.address(name) != subject]


def proper(choices: Choices, operation: Operation, name: str) -> Approval:
    """Return an approval by signature that counts."""
    run = choices.run
    lane = run.state.lane(operation.lane).state
    is_blank_enough = lane.tier < Tier.HIGH_VALUE and run.record(name).status is MemberStatus.ACTIVE
    if is_blank_enough and choices.rarely(40):
        return run.sign(name, operation)
    return run.sign_published(name, operation)


def improper(choices: Choices, operation: Operation) -> Approval:
    """Return an approval in which something is wrong, though it may count by chance."""
    run = choices.run
    name = choices.pick(may_approve(run, operation) or run.seated())
    published = run.publication(operation)
    good = run.sign_published(name, operation)
    others = [each for each in run.operations if each is not operation] or [operation]
    other_vault = next(f.vault for f in run.world.vaults.values() if f.vault != run.vault)
    signature = good.signature
    groups = run.seated(lambda record: record.is_group)
    flipped = (ORDER - int.from_bytes(signature.s, "big")).to_bytes(32, "big")
    match choices.dice.randint(0, 19):
        case 0:
            return run.sign(name, operation, Publication(block=published.block, parent=published.parent ^ 1))
        case 1:
            return run.sign(name, operation, published, vault=other_vault)
        case 2:
            return run.sign(name, operation, published, chain_id=ChainId(1))
        case 3:
            return replace(good, signature=run.sign_published(name, choices.pick(others)).signature)
        case 4:
            return replace(good, signature=replace(signature, s=flipped, v=55 - signature.v))
        case 5:
            return replace(good, seat=MemberIndex(choices.pick([0, 1, 2, 3, 63, 64, 255])))
        case 6:
            return run.sign(choices.anyone(), operation, published, seat=good.seat)
        case 7:
            return replace(good, signature=replace(signature, v=29))
        case 8:
            return run.sign_published(choices.pick(run.seated()), operation)
        case 9 | 16:
            fresh = run.seated(lambda record: record.is_active and record.seasoned_at > run.time)
            return run.sign_published(choices.pick(fresh or run.seated()), operation)
        case 10:
            return run.sign(name, operation, UNPUBLISHED)
        case 11:
            return replace(good, signature=NO_SIGNATURE)
        case 12:
            block = BlockNumber(published.block + 1)
            return run.own(name, operation, choices.pick([UNPUBLISHED, replace(published, block=block)]))
        case 17 if groups:
            return replace(
                good, seat=run.record(groups[0]).seat, signature=_as_account(run, groups[0], operation)
            )
        case 18 if groups:
            return run.own(groups[0], operation)
        case 19:
            # A FROST signature where a person sits, or a wrong one where a group does.
            group = choices.pick(list(run.world.flocks))
            return run.sign(
                group, operation, published, seat=choices.pick([good.seat, run.record(group).seat])
            )
        case _:
            return old_approval(choices, operation) or good


def _as_account(run: Run, group: str, operation: Operation) -> Signature:
    """Return what nobody should be able to make: a group's approval with its key as if it were an account's."""
    message = approval(id_of(operation), run.publication(operation).pack())
    digest = message.digest(run.reference.chain_id, run.vault)
    return sign_as_account(run.world.flocks[group].group, digest)


def improper_consent(choices: Choices, operation: Operation) -> Approval:
    """Return a consent to hurry in which something is wrong, though it may count by chance."""
    run = choices.run
    name = choices.pick(run.seated(lambda record: record.has_any(Role.APPROVER)))
    ready_at = run.state.lane(operation.lane).state.moment
    match choices.dice.randint(0, 5):
        case 0:
            return run.consent(name, operation, Timestamp(ready_at + 1))
        case 1:
            return run.sign_published(name, operation)
        case 2:
            return run.own(name, operation)
        case 3:
            return replace(run.consent(name, operation), publication=UNPUBLISHED)
        case 4:
            return run.consent(choices.pick(run.seated()), operation)
        case _:
            fresh = run.seated(lambda record: record.is_active and record.seasoned_at > run.time)
            return run.consent(choices.pick(fresh or [name]), operation)


def old_approval(choices: Choices, operation: Operation) -> Approval | None:
    """Return an approval of this operation that was made before, perhaps from a seat that was left."""
    made = [entry for each, entry in choices.run.made if each == operation]
    return choices.pick(made) if made else None


def retried(choices: Choices, operation: Operation) -> Approval | None:
    """Return an old approval as whoever made it would send it now: for the seat that its maker has today."""
    run = choices.run
    old = old_approval(choices, operation)
    returned = run.seated(lambda record: record.status is MemberStatus.RETURNED)
    if not returned or choices.rarely(30):
        return old
    name = choices.pick(returned)
    publication = choices.pick([UNPUBLISHED, run.publication(operation)])
    return run.sign(name, operation, publication)
