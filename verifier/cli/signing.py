"""The commands `sign` and `expedite`: one operation read, shown and signed into a file that anybody may submit."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from verifier.cli.adapters import CLOCK, choose, open_aids, open_panel, open_reader
from verifier.cli.answer import Answer
from verifier.cli.asking import ask_acknowledgements, confirm, is_anybody_there, say
from verifier.cli.keys import open_key
from verifier.cli.patience import patience
from verifier.desk.briefing import Briefing, brief_lane, require_lane
from verifier.desk.signing import Brief, Signing, finish_signing, open_signing
from verifier.model.approval_file import ApprovalFile
from verifier.model.message import MessageKind
from verifier.model.text import Shown, sanitise, show_bytes
from verifier.pages.lane import lane_page
from verifier.pages.layout import Page, in_groups, width_of_terminal
from verifier.ports import Memory
from verifier.store.approval_file import write_approval_file
from verifier.store.place import path_of

_ENDINGS = {MessageKind.APPROVE: "approval", MessageKind.EXPEDITE: "consent"}
_WHAT = {MessageKind.APPROVE: "your approval of", MessageKind.EXPEDITE: "your consent to hurry"}


def run_sign(options: Namespace, kind: MessageKind) -> Answer:
    """Sign an operation, and write the signature to a file. Should anything go wrong, there is neither.

    :raises FourthSignerError: it cannot be read, signed or written.
    """
    given = path_of(options.output) if options.output else None
    brief, memory = _ways(options)
    signing = open_signing(brief, kind)
    review, member = signing.review, signing.member
    ending = _ENDINGS[kind]
    usual = f"lane-{review.lane.lane}-{review.lane.state.sequence}-seat-{member.record.seat}.{ending}"
    path = given or Path(usual)
    # The key is looked at before a person reads all of it in vain; it is opened after that.
    holder = open_key(options, member.address)
    if is_anybody_there():
        say(lane_page(signing.briefing, width_of_terminal()))
    typed = ask_acknowledgements(signing.acknowledgements, options.i_read)
    what = Shown(f"signing {_WHAT[kind]} lane {review.lane.lane}")
    confirm(what, [_hashes(signing)], is_given=options.yes)
    file = finish_signing(signing, brief, holder, typed=typed, memory=memory)
    write_approval_file(path, file)
    return Answer(text=_say_written(path, file, signing))


def _ways(options: Namespace) -> tuple[Brief, Memory | None]:
    """Return what reads the lane anew each time, and what remembers."""
    if options.bundle:
        from verifier.cli.bundling import brief_bundle

        # What no network confirms is not remembered.
        return lambda: brief_bundle(options), None
    require_lane(options.lane)
    choice = choose(options)
    panel = open_panel(choice)
    aids = open_aids(options, choice, panel)

    def brief() -> Briefing:
        with patience(choice.chain.hosts):
            return brief_lane(open_reader(choice, panel), CLOCK, choice.signer, options.lane, aids=aids)

    return brief, aids.memory


def _hashes(signing: Signing) -> str:
    """Return the hashes that a device has to show, in groups that can be compared by eye."""
    page, message = Page(width_of_terminal()), signing.message
    page.text(signing.review.sentence)
    for name, value in (
        ("domain", message.domain_hash),
        ("message", message.struct_hash),
        ("digest", message.digest),
    ):
        first, second = in_groups(value)
        page.field(name, f"0x {first}")
        page.line(f"{'':13}   {second}")
    return str(page)


def _say_written(path: Path, file: ApprovalFile, signing: Signing) -> str:
    page = Page(width_of_terminal())
    what = "Consent to hurry" if file.kind is MessageKind.EXPEDITE else "Approval"
    page.text(f"{what} of seat {file.approval.seat} for operation {file.sequence} of lane {file.lane}:")
    page.text(signing.review.sentence, indent=2)
    page.space()
    page.field("file", sanitise(str(path), most=200))
    page.field("id", show_bytes(file.operation_id))
    page.field("digest", show_bytes(signing.message.digest))
    page.text(f"Anybody may submit it: `fourth-signer submit {sanitise(path.name, most=200)}`")
    return str(page)
