"""Commands that are one transaction of the signer's own: about an operation, a member, or a use of break-glass."""

from __future__ import annotations

from argparse import Namespace

from verifier.cli.adapters import CLOCK, Choice, choose, open_aids, open_panel, open_reader
from verifier.cli.answer import Answer
from verifier.cli.asking import ask_acknowledgements, is_anybody_there, say
from verifier.cli.patience import patience
from verifier.cli.sending import Sending, send
from verifier.cli.vault_sending import hash_of_findings, sending_about_member, sending_of_review
from verifier.desk.acting import GOING_ON, open_act, recheck
from verifier.desk.briefing import Briefing, brief_lane, require_lane
from verifier.desk.outcomes import shows_act
from verifier.desk.signing import note_signing
from verifier.errors import ActionImpossible, MemberUnknown, SeatEmpty
from verifier.model.address import Address
from verifier.model.member import Member
from verifier.model.reading import VaultReading
from verifier.model.text import Shown
from verifier.model.units import SEATS, MemberIndex
from verifier.pages.lane import lane_page
from verifier.pages.layout import width_of_terminal


def run_act(options: Namespace) -> Answer:
    """Veto, cancel, object, withdraw, approve or execute: whatever the command is called.

    :raises ActionImpossible: it cannot be done now; with why.
    :raises FourthSignerError: the lane cannot be read, or the transaction not be sent.
    """
    require_lane(options.lane)
    choice = choose(options)
    panel = open_panel(choice)
    aids = open_aids(options, choice, panel)

    def brief() -> Briefing:
        with patience(choice.chain.hosts):
            return brief_lane(open_reader(choice, panel), CLOCK, choice.signer, options.lane, aids=aids)

    act = open_act(brief, options.command)
    typed: list[str] = []
    if options.command in GOING_ON:
        if is_anybody_there():
            say(lane_page(act.briefing, width_of_terminal()))
        typed = ask_acknowledgements(act.acknowledgements, options.i_read)
    answer = send(
        options,
        panel,
        Sending(
            what=Shown(f"`{act.action.name}` of lane {options.lane}"),
            sentences=(act.review.sentence, act.action.sentence),
            to=act.vault,
            data=act.action.data,
            sender=act.sender,
            coin=choice.chain.coin,
            shows=shows_act(act.action.name, act.review.lane, [act.sender.record.seat] if act.sender else []),
        ),
        reader=open_reader(choice, panel),
        last_look=lambda: recheck(act, brief, typed=typed),
    )
    if options.command == "approve" and not options.data:
        note_signing(aids.memory, act.briefing)
    return answer


def run_suspend(options: Namespace) -> Answer:
    """Suspend oneself, or as a guardian another member; or let a suspension lapse.

    :raises ActionImpossible: it cannot be done now; with why.
    :raises FourthSignerError: the vault cannot be read, or the transaction not be sent.
    """
    choice = choose(options)
    panel = open_panel(choice)
    reader = open_reader(choice, panel)
    with patience(choice.chain.hosts):
        reading = reader.read_vault()
    member = _member(options.member, choice, reading)
    sending = sending_about_member(reading, choice.signer, member, is_lapse=options.command == "lapse")
    return send(options, panel, sending, reader=reader)


def run_review(options: Namespace) -> Answer:
    """Review a use of break-glass.

    :raises ActionImpossible: this signer cannot; with why.
    :raises FourthSignerError: the ledger cannot be read, or the transaction not be sent.
    """
    findings = hash_of_findings(options.findings)
    choice = choose(options)
    panel = open_panel(choice)
    with patience(choice.chain.hosts):
        reader = open_reader(choice, panel)
        reading = reader.read_vault()
        bypasses = reader.read_bypasses(reading)
    sending = sending_of_review(
        reading,
        bypasses,
        choice.signer,
        options.bypass,
        findings=findings,
        is_justified=options.justified,
    )
    return send(options, panel, sending, reader=reader)


def _member(text: str, choice: Choice, reading: VaultReading) -> Member:
    """Return the member that is meant: `self`, a seat, or an address.

    :raises SeatEmpty: nobody sits there.
    :raises MemberUnknown: the address has no seat.
    """
    members = reading.members.value
    if text == "self":
        me = choice.signer.own_member(reading)
        if me is None:
            why = "You have no seat here: none is pinned, or it is another's now."
            raise ActionImpossible(action="suspend", subject="yourself", why=why)
        return me
    if text.isascii() and text.isdecimal() and len(text) <= len(str(SEATS)):
        seat = MemberIndex(int(text))
        if seat not in members:
            raise SeatEmpty(seat=seat)
        return members[seat]
    address = Address.parse(text)
    member = reading.member(address)
    if member is None:
        raise MemberUnknown(member=address)
    return member
