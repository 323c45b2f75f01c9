"""`frost say` and `holders`: what a group says to a vault besides approving, and the vault's word about its holders."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.cli.adapters import Choice, choose, open_panel, open_reader
from verifier.cli.answer import Answer
from verifier.cli.frost_convening import convene, require_key
from verifier.cli.frost_setting_up import folder_of
from verifier.cli.frost_signing import brief, make_request, sign_request
from verifier.cli.patience import patience
from verifier.cli.sending import Sending, send
from verifier.decode.operations import abi_of, encode_call
from verifier.desk.briefing import require_lane
from verifier.desk.group_request import address_of_group
from verifier.desk.outcomes import Shows, shows_act, shows_member
from verifier.errors import ActionImpossible
from verifier.frost.shares import GroupKey
from verifier.model.group import pack_holders
from verifier.model.group_request import GroupRequest, Purpose
from verifier.model.operation import UNPUBLISHED, Approval, Signature
from verifier.model.text import Shown, sanitise
from verifier.model.units import MemberIndex
from verifier.model.written_call import WrittenCall
from verifier.store.calls_file import write_calls
from verifier.store.place import path_of

if TYPE_CHECKING:
    from verifier.chain.panel import Panel

_PURPOSES = {"veto": Purpose.VETO, "withdraw": Purpose.WITHDRAW}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Word:
    """What a group is to say, and what shows that the vault heard it."""

    request: GroupRequest
    seat: MemberIndex
    function: str
    what: Shown
    sentence: Shown
    shows: Shows


def run_say(options: Namespace) -> Answer:
    """Ask the holders for a veto, a withdrawal or a suspension of the group, and send it; anybody may.

    :raises CeremonyFailed: too few holders sign; nothing is sent then.
    :raises FourthSignerError: the vault cannot be read, or the transaction not be sent.
    """
    if options.word != "suspend":
        require_lane(-1 if options.lane is None else options.lane)
    choice = choose(options)
    panel = open_panel(choice)
    key = require_key(folder_of(options.folder).read_group())
    word = _suspension(choice, panel, key) if options.word == "suspend" else _stop(options, choice, key)
    with convene(options) as convened:
        signature = sign_request(convened, key, word.request, word.what)
    sending = Sending(
        what=word.what,
        sentences=(word.sentence,),
        to=choice.vault,
        data=_data(word, signature),
        usual=choice.signer.member,
        coin=choice.chain.coin,
        shows=word.shows,
    )
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


def _stop(options: Namespace, choice: Choice, key: GroupKey) -> _Word:
    """Return a veto (of a seat operation: an objection), or the taking back of an approval."""
    purpose = _PURPOSES[options.word]
    briefing = brief(options, choice)
    (review,) = briefing.reviews
    request = make_request(briefing, review, purpose, key)
    member = briefing.reading.member(address_of_group(key.point))
    if member is None:
        raise AssertionError("the group was a member a moment ago")
    seat = member.record.seat
    name = "object" if purpose is Purpose.VETO and review.lane.state.seat_operation else options.word
    return _Word(
        request=request,
        seat=seat,
        function=f"{options.word}AsGroup",
        what=Shown(f"the group's `{options.word}` of lane {options.lane}"),
        sentence=review.sentence,
        shows=shows_act(name, review.lane, [seat]),
    )


def _suspension(choice: Choice, panel: Panel, key: GroupKey) -> _Word:
    with patience(choice.chain.hosts):
        reading = open_reader(choice, panel).read_vault()
    address = address_of_group(key.point)
    member = reading.member(address)
    if member is None or not member.record.is_active:
        why = "The group is no active member of this vault."
        raise ActionImpossible(action="suspend", subject="the group", why=why)
    return _Word(
        request=GroupRequest(
            purpose=Purpose.SUSPEND_SELF,
            chain_id=reading.head.chain_id,
            vault=reading.vault,
            seat=member.record.seat,
            roster_epoch=reading.roster.value.epoch,
        ),
        seat=member.record.seat,
        function="suspendAsGroup",
        what=Shown("the group's suspension of itself"),
        sentence=Shown(
            f"Suspends the group in seat {member.record.seat}, until a seat operation reinstates it."
        ),
        shows=shows_member(address, is_active=False),
    )


def _data(word: _Word, signature: Signature) -> bytes:
    proof = Approval(seat=word.seat, publication=UNPUBLISHED, signature=signature)
    packed = (proof.head, signature.r, signature.s)
    if word.request.operation is None:
        return encode_call(word.function, packed)
    return encode_call(word.function, abi_of(word.request.operation), packed)
