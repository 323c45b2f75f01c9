"""The terminal on a bundle: everything from one file, no network, and an approval file at the end."""

from __future__ import annotations

from argparse import Namespace

from verifier.cli.adapters import CLOCK
from verifier.cli.bundling import brief_bundle
from verifier.desk.briefing import Briefing
from verifier.desk.survey import Survey, survey_of
from verifier.errors import LaneUnknown
from verifier.model.text import sanitise
from verifier.model.units import LANES
from verifier.tui.source import Source

_RARELY = 3_600
"""Seconds between two looks: a file does not change."""


def open_bundle(options: Namespace) -> Source:
    """Return what the screens may ask about a bundle.

    :raises BundleError: it cannot be used.
    :raises PinError: its vault is not the one that is pinned.
    """
    first = brief_bundle(options)
    (review,) = first.reviews

    def brief_lane(lane: int) -> Briefing:
        if lane != review.lane.lane:
            raise LaneUnknown(lane=lane, lanes=LANES)
        return brief_bundle(options)

    def survey() -> Survey:
        return survey_of(first)

    acts = None
    if options.key is not None:
        from verifier.cli.terminal_acts import Acts

        # What no network confirms is not remembered.
        acts = Acts(options=options, panel=None, reader=None, brief_lane=brief_lane, memory=None)
    return Source(
        name=first.signer.vault_name,
        hosts=(sanitise(f"the bundle {options.bundle}"),),
        now=CLOCK.now,
        brief_queue=lambda: first,
        brief_lane=brief_lane,
        survey=survey,
        every=_RARELY,
        open_signing=acts.open_signing if acts else None,
        finish_signing=acts.finish_signing if acts else None,
    )
