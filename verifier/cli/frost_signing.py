"""`frost sign` and `register`: what a group says to a vault, brought about by its coordinator."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from verifier.cli.adapters import CLOCK, Choice, choose, open_aids, open_panel, open_reader
from verifier.cli.answer import Answer
from verifier.cli.asking import say
from verifier.cli.frost_convening import Convened, convene, require_key
from verifier.cli.patience import patience
from verifier.decode.operations import encode_call
from verifier.desk.briefing import Briefing, brief_lane
from verifier.desk.group_request import address_of_group, digest_of_request, encode_request
from verifier.desk.group_saying import (
    GroupWord,
    approval_file_of,
    group_at_hand,
    request_of,
    title_of,
    usual_name_of,
)
from verifier.desk.group_words import words_of_request
from verifier.errors import ActionImpossible, SignatureOfOther
from verifier.frost.shares import GroupKey
from verifier.model.approval_file import ApprovalFile
from verifier.model.group import pack_holders
from verifier.model.group_request import GroupRequest, Purpose
from verifier.model.member import Role
from verifier.model.message import MessageKind
from verifier.model.operation import APPROVAL_HEAD, Signature
from verifier.model.text import Shown, sanitise, show_bytes
from verifier.model.written_call import WrittenCall
from verifier.pages.lane import lane_page
from verifier.pages.layout import Page, width_of_terminal
from verifier.sign.schnorr import is_signed, lift
from verifier.store.approval_file import require_no_approval, write_approval_file
from verifier.store.calls_file import require_no_calls, write_calls
from verifier.store.place import path_of

if TYPE_CHECKING:
    from verifier.desk.review import Review

_PURPOSES = {"approve": Purpose.APPROVE, "expedite": Purpose.EXPEDITE}


def run_sign(options: Namespace) -> Answer:
    """Ask the holders for the group's signature over an operation, and write it to a file.

    :raises CeremonyFailed: too few holders sign; there is no file then.
    :raises FourthSignerError: the lane cannot be read, or the file not be written.
    """
    purpose = _PURPOSES[options.purpose]
    choice = choose(options)
    briefing = brief(options, choice)
    (review,) = briefing.reviews
    with convene(options) as convened:
        key = require_key(convened.group)
        group = group_at_hand(convened.group, key.point)
        request = request_of(briefing, purpose, group)
        path = path_of(options.output or usual_name_of(purpose, briefing, group))
        require_no_approval(path)
        say(lane_page(briefing, width_of_terminal()))
        signature = sign_request(convened, key, request, title_of(purpose, review))
    word = GroupWord(group=group, request=request, briefing=briefing, signature=signature, in_vain=Shown(""))
    file = approval_file_of(word)
    write_approval_file(path, file)
    return Answer(text=_say_written(path, file, review))


def run_register(options: Namespace) -> Answer:
    """Ask the holders to sign the group's registration, and write the call that adds it to a vault.

    :raises CeremonyFailed: too few holders sign; there is no file then.
    :raises FourthSignerError: the vault cannot be read, or the file not be written.
    """
    path = path_of(options.output)
    require_no_calls(path)
    choice = choose(options)
    with patience(choice.chain.hosts):
        reading = open_reader(choice).read_vault()
    with convene(options) as convened:
        key = require_key(convened.group)
        group = address_of_group(key.point)
        if (member := reading.member(group)) is not None and member.record.is_seated:
            why = "The group is a member of this vault already."
            raise ActionImpossible(action="register", subject="the group", why=why)
        roles = Role.APPROVER | (Role.SECURITY if options.security else Role(0))
        persons = tuple(sorted(holder.person for holder in convened.group.holders))
        request = GroupRequest(
            purpose=Purpose.REGISTER,
            chain_id=reading.head.chain_id,
            vault=reading.vault,
            roles=roles,
            persons=persons,
        )
        signature = sign_request(convened, key, request, words_of_request(request))
    x, y = lift(key.point[0], int.from_bytes(key.point[1:], "big")) or (0, 0)
    head = APPROVAL_HEAD.pack(v=signature.v, seat=0, publication=0)
    proof = (head, signature.r, signature.s)
    data = encode_call("addGroup", bytes(group), x, y, int(roles), pack_holders(persons), proof)
    write_calls(path, [WrittenCall(goes_to=str(reading.vault), data="0x" + data.hex())])
    named = sanitise(str(path), most=200)
    return Answer(
        text=f"Wrote {named}: the call that adds the group {group}, with its holders' proof.\n"
        f"Publish it: `fourth-signer propose {named}`\n"
    )


def sign_request(convened: Convened, key: GroupKey, request: GroupRequest, what: Shown) -> Signature:
    """Return the group's signature of a request, held against the vault's own rules before it goes anywhere.

    :raises CeremonyFailed: too few holders sign.
    """
    digest = digest_of_request(request, key.point)
    signed = convened.convener.sign(key, digest=digest, request=encode_request(request), what=what).signature
    if signed is None:
        raise AssertionError("a signing without a signature ended well")
    signature = Signature(r=signed[1:33], s=signed[33:], v=signed[0])
    if not is_signed(int.from_bytes(key.point[1:], "big"), key.point[0], digest, signature):
        raise SignatureOfOther(expected=address_of_group(key.point), actual=bytes(20))
    return signature


def brief(options: Namespace, choice: Choice) -> Briefing:
    with patience(choice.chain.hosts):
        panel = open_panel(choice)
        aids = open_aids(options, choice, panel)
        return brief_lane(open_reader(choice, panel), CLOCK, choice.signer, options.lane, aids=aids)


def _say_written(path: Path, file: ApprovalFile, review: Review) -> str:
    page = Page(width_of_terminal())
    what = "Consent to hurry" if file.kind is MessageKind.EXPEDITE else "Approval"
    page.text(
        f"{what} of the group in seat {file.approval.seat} for operation {file.sequence} of lane {file.lane}:"
    )
    page.text(review.sentence, indent=2)
    page.space()
    page.field("file", sanitise(str(path), most=200))
    page.field("id", show_bytes(file.operation_id))
    page.text(f"Anybody may submit it: `fourth-signer submit {sanitise(path.name, most=200)}`")
    return str(page)
