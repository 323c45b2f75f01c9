"""The command `propose`: a file of calls becomes an operation, which its proposer reads as everybody will."""

from __future__ import annotations

from argparse import Namespace
from typing import Final

from verifier.cli.adapters import CLOCK, choose, open_aids, open_panel, open_reader
from verifier.cli.answer import Answer
from verifier.cli.asking import ask_acknowledgements, is_anybody_there, say
from verifier.cli.patience import patience
from verifier.cli.sending import Sending, send
from verifier.desk.outcomes import shows_proposal
from verifier.desk.proposing import Draft, draft_operation
from verifier.model.text import Shown, show_bytes
from verifier.model.units import Duration
from verifier.pages.draft import draft_page
from verifier.pages.layout import width_of_terminal
from verifier.store.calls_file import read_calls
from verifier.store.place import path_of

_HOUR: Final = 3_600


def run_propose(options: Namespace) -> Answer:
    """Publish an operation made of the calls in a file. With --dry-run, only show it.

    :raises CallsMalformed: the file is not understood.
    :raises ActionImpossible: this signer cannot publish that; with why.
    :raises FourthSignerError: the vault cannot be read, or the transaction not be sent.
    """
    calls = read_calls(path_of(options.file))
    choice = choose(options)
    panel = open_panel(choice)
    reader = open_reader(choice, panel)
    with patience(choice.chain.hosts):
        draft = draft_operation(
            reader,
            CLOCK,
            choice.signer,
            calls,
            aids=open_aids(options, choice, panel),
            approve_within=Duration(options.approve_within * _HOUR),
            lane=options.lane,
        )
    page = draft_page(draft, width_of_terminal())
    if options.dry_run:
        return Answer(text=page)
    if is_anybody_there():
        say(page)
    ask_acknowledgements(draft.acknowledgements, options.i_read)
    return send(options, panel, sending_of_proposal(draft), reader=reader)


def sending_of_proposal(draft: Draft) -> Sending:
    """Return what publishes a draft."""
    lane, state = draft.review.lane, draft.review.lane.state
    return Sending(
        what=Shown(f"`propose` into lane {lane.lane}"),
        sentences=(
            draft.review.sentence,
            Shown(f"It is operation {state.sequence} of lane {lane.lane}, {state.tier.name}."),
            Shown(f"Its id is {show_bytes(lane.operation_id)}."),
        ),
        to=draft.briefing.reading.vault,
        data=draft.data,
        sender=draft.proposer,
        coin=draft.briefing.signer.coin,
        shows=shows_proposal(lane.lane, lane.operation_id),
    )
