"""The command `submit`: several approval files become one transaction, each judged as if an enemy had written it."""

from __future__ import annotations

from argparse import Namespace

from verifier.cli.adapters import CLOCK, choose, open_aids, open_panel, open_reader
from verifier.cli.answer import Answer
from verifier.cli.patience import patience
from verifier.cli.sending import Sending, send
from verifier.desk.briefing import Briefing, brief_lane
from verifier.desk.outcomes import shows_act
from verifier.desk.submitting import NamedFile, Submission, make_submission
from verifier.errors import ApprovalFileRefused
from verifier.model.text import Shown
from verifier.store.approval_file import read_approval_file
from verifier.store.place import path_of


def run_submit(options: Namespace) -> Answer:
    """Submit what others signed.

    :raises ApprovalFileMalformed: a file cannot be read.
    :raises ApprovalFileRefused: a file is not what it says, or for something else.
    :raises FourthSignerError: the lane cannot be read, or the transaction not be sent.
    """
    files = [_read(text) for text in options.files]
    lane = files[0].file.lane
    for each in files:
        if each.file.lane != lane:
            why = f"it is for lane {each.file.lane}, and {files[0].name} for lane {lane}: submit them apart"
            raise ApprovalFileRefused(path=each.name, why=why)
    choice = choose(options)
    panel = open_panel(choice)
    reader = open_reader(choice, panel)
    with patience(choice.chain.hosts):
        aids = open_aids(options, choice, panel)
        briefing = brief_lane(reader, CLOCK, choice.signer, lane, aids=aids)
    sending = sending_of_submission(make_submission(files, briefing), briefing)
    return send(options, panel, sending, reader=reader)


def sending_of_submission(submission: Submission, briefing: Briefing) -> Sending:
    """Return the transaction that brings signatures to the vault; anybody may send it."""
    (review,) = briefing.reviews
    return Sending(
        what=Shown(f"`{submission.action}` of lane {review.lane.lane}"),
        sentences=(review.sentence, *submission.sentences),
        to=briefing.reading.vault,
        data=submission.data,
        usual=briefing.signer.member,
        coin=briefing.signer.coin,
        shows=shows_act(submission.action, review.lane, submission.seats),
    )


def _read(text: str) -> NamedFile:
    path = path_of(text)
    return NamedFile(name=str(path), file=read_approval_file(path))
