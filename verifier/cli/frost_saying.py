"""`frost say` and `holders`: what a group says to a vault besides approving, and the vault's word about its holders."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from verifier.cli.adapters import Choice, choose, open_panel, open_reader
from verifier.cli.answer import Answer
from verifier.cli.frost_convening import convene, require_key
from verifier.cli.frost_setting_up import folder_of
from verifier.cli.frost_signing import brief, sign_request
from verifier.cli.patience import patience
from verifier.cli.sending import Sending, send
from verifier.decode.operations import encode_call
from verifier.desk.briefing import require_lane
from verifier.desk.group_request import address_of_group
from verifier.desk.group_saying import (
    GroupWord,
    group_at_hand,
    request_of,
    shows_word,
    stopping_data_of,
    title_of,
)
from verifier.desk.group_words import words_of_request
from verifier.desk.outcomes import shows_member
from verifier.errors import ActionImpossible
from verifier.model.group import pack_holders
from verifier.model.group_request import GroupRequest, Purpose
from verifier.model.operation import UNPUBLISHED, Approval
from verifier.model.text import Shown, sanitise
from verifier.model.written_call import WrittenCall
from verifier.store.calls_file import write_calls
from verifier.store.place import path_of

if TYPE_CHECKING:
    from verifier.chain.panel import Panel

_PURPOSES = {"veto": Purpose.VETO, "withdraw": Purpose.WITHDRAW}


def run_say(options: Namespace) -> Answer:
    """Ask the holders for a veto, a withdrawal or a suspension of the group, and send it; anybody may.

    :raises CeremonyFailed: too few holders sign; nothing is sent then.
    :raises FourthSignerError: the vault cannot be read, or the transaction not be sent.
    """
    if options.word != "suspend":
        require_lane(-1 if options.lane is None else options.lane)
    choice = choose(options)
    panel = open_panel(choice)
    is_suspension = options.word == "suspend"
    sending = _suspending(options, choice, panel) if is_suspension else _stopping(options, choice)
    return send(options, panel, sending, reader=open_reader(choice, panel))


def run_holders(options: Namespace) -> Answer:
    """Write the call that tells a vault who holds the group's key now.

    :raises FourthSignerError: the group is no member, or the file cannot be written.
    """
    choice = choose(options)
    group = folder_of(options.folder).read_group()
    address = address_of_group(require_key(group).point)
    with patience(choice.chain.hosts):
        member = open_reader(choice).read_vault().member(address)
    if member is None or not member.record.is_seated:
        why = "The group is no member of this vault."
        raise ActionImpossible(action="holders", subject="the group", why=why)
    persons = tuple(sorted(holder.person for holder in group.holders))
    if member.group is not None and member.group.holders == persons:
        raise ActionImpossible(
            action="holders", subject="the group", why="The vault has these holders already."
        )
    data = encode_call("setHolders", bytes(address), pack_holders(persons))
    path = path_of(options.output)
    write_calls(path, [WrittenCall(goes_to=str(choice.vault), data="0x" + data.hex())])
    named = sanitise(str(path), most=200)
    return Answer(
        text=f"Wrote {named}: the call that registers {len(persons)} persons as holders of {address}.\n"
        f"Publish it: `fourth-signer propose {named}`\n"
    )


def sending_of_stop(word: GroupWord) -> Sending:
    """Return the transaction that brings a group's veto, objection or withdrawal to the vault; anybody may send it."""
    signer = word.briefing.signer
    return Sending(
        what=title_of(word.request.purpose, word.review),
        sentences=(word.review.sentence,),
        to=word.request.vault,
        data=stopping_data_of(word),
        usual=signer.member,
        coin=signer.coin,
        shows=shows_word(word),
    )


def _stopping(options: Namespace, choice: Choice) -> Sending:
    """Let the holders sign a veto (of a seat operation: an objection), or the taking back of an approval."""
    purpose = _PURPOSES[options.word]
    file = folder_of(options.folder).read_group()
    key = require_key(file)
    group = group_at_hand(file, key.point)
    briefing = brief(options, choice)
    request = request_of(briefing, purpose, group)
    (review,) = briefing.reviews
    with convene(options) as convened:
        signature = sign_request(convened, key, request, title_of(purpose, review))
    return sending_of_stop(
        GroupWord(group=group, request=request, briefing=briefing, signature=signature, in_vain=Shown(""))
    )


def _suspending(options: Namespace, choice: Choice, panel: Panel) -> Sending:
    """Let the holders sign that the group suspends itself."""
    key = require_key(folder_of(options.folder).read_group())
    with patience(choice.chain.hosts):
        reading = open_reader(choice, panel).read_vault()
    address = address_of_group(key.point)
    member = reading.member(address)
    if member is None or not member.record.is_active:
        why = "The group is no active member of this vault."
        raise ActionImpossible(action="suspend", subject="the group", why=why)
    seat = member.record.seat
    request = GroupRequest(
        purpose=Purpose.SUSPEND_SELF,
        chain_id=reading.head.chain_id,
        vault=reading.vault,
        seat=seat,
        roster_epoch=reading.roster.value.epoch,
    )
    what = words_of_request(request)
    with convene(options) as convened:
        signature = sign_request(convened, key, request, what)
    proof = Approval(seat=seat, publication=UNPUBLISHED, signature=signature)
    return Sending(
        what=what,
        sentences=(Shown(f"Suspends the group in seat {seat}, until a seat operation reinstates it."),),
        to=choice.vault,
        data=encode_call("suspendAsGroup", (proof.head, signature.r, signature.s)),
        usual=choice.signer.member,
        coin=choice.chain.coin,
        shows=shows_member(address, is_active=False),
    )
