"""What each command does, between the arguments and the page."""

from __future__ import annotations

import json
from argparse import Namespace
from typing import TYPE_CHECKING, Any

from verifier.cli.adapters import CLOCK, choose, open_aids, open_panel, open_reader
from verifier.cli.answer import Answer
from verifier.cli.patience import patience
from verifier.pages.layout import width_of_terminal

if TYPE_CHECKING:
    from verifier.desk.briefing import Briefing


def run(options: Namespace) -> Answer:
    """Do what the arguments say.

    :raises FourthSignerError: it cannot be done.
    """
    match options.command:
        case "init":
            from verifier.cli.init import run_init

            return run_init(options)
        case "doctor":
            from verifier.cli.doctor import run_doctor

            return run_doctor(options)
        case "queue":
            return _run_queue(options)
        case "show":
            return _run_show(options)
        case "verify":
            return _run_verify(options)
        case "bundle":
            from verifier.cli.bundling import run_bundle

            return run_bundle(options)
        case "decode":
            from verifier.cli.decoding import run_decode

            return run_decode(options)
        case "demo":
            from verifier.cli.demo import run_demo

            return run_demo(options)
        case "watch":
            from verifier.cli.watching import run_watch

            return run_watch(options)
        case "guard":
            from verifier.cli.guarding import run_guard

            return run_guard(options)
        case "audit":
            from verifier.cli.auditing import run_audit

            return run_audit(options)
        case "attest":
            from verifier.cli.attesting import run_attest

            return run_attest(options)
        case "diff":
            from verifier.cli.diffing import run_diff

            return run_diff(options)
        case "plan":
            from verifier.cli.planning import run_plan

            return run_plan(options)
        case (
            "release-authorise"
            | "release-check"
            | "release-bypass"
            | "release-review"
            | "release-policy"
            | "release-record"
        ):
            from verifier.cli.releasing import run_releasing

            return run_releasing(options)
        case "review-check":
            from verifier.cli.review_checking import run_review_check

            return run_review_check(options)
        case "frost":
            from verifier.cli.frost import run_frost

            return run_frost(options)
        case "serve":
            from verifier.cli.serve import run_serve

            return run_serve(options)
        case "sign" | "expedite":
            from verifier.cli.signing import run_sign
            from verifier.model.message import MessageKind

            is_consent = options.command == "expedite"
            return run_sign(options, MessageKind.EXPEDITE if is_consent else MessageKind.APPROVE)
        case "submit":
            from verifier.cli.submitting import run_submit

            return run_submit(options)
        case "propose":
            from verifier.cli.proposing import run_propose

            return run_propose(options)
        case "approve" | "veto" | "object" | "cancel" | "withdraw" | "execute":
            from verifier.cli.acting import run_act

            return run_act(options)
        case "suspend" | "lapse":
            from verifier.cli.acting import run_suspend

            return run_suspend(options)
        case "review":
            from verifier.cli.acting import run_review

            return run_review(options)
        case other:
            raise AssertionError(other)


def as_json(record: dict[str, Any]) -> str:
    return json.dumps(record, indent=2, ensure_ascii=True) + "\n"


def _run_queue(options: Namespace) -> Answer:
    from verifier.cli.record import queue_record
    from verifier.desk.briefing import brief_queue
    from verifier.pages.queue import queue_page

    choice = choose(options)
    with patience(choice.chain.hosts):
        panel = open_panel(choice)
        aids = open_aids(options, choice, panel)
        briefing = brief_queue(open_reader(choice, panel), CLOCK, choice.signer, aids=aids)
    if options.json:
        return Answer(text=as_json(queue_record(briefing)))
    return Answer(text=queue_page(briefing, width_of_terminal()))


def _run_show(options: Namespace) -> Answer:
    from verifier.cli.record import lane_record
    from verifier.pages.lane import lane_page

    briefing = _brief_lane(options)
    if options.json:
        return Answer(text=as_json(lane_record(briefing)))
    return Answer(text=lane_page(briefing, width_of_terminal()))


def _run_verify(options: Namespace) -> Answer:
    from verifier.cli.record import verdict_record
    from verifier.cli.severity import exit_code_for
    from verifier.pages.verdict import verdict_page

    briefing = _brief_lane(options)
    (review,) = briefing.reviews
    worst = max((finding.severity for finding in (*review.findings, *briefing.findings)), default=None)
    code = exit_code_for(worst)
    if options.json:
        return Answer(text=as_json(verdict_record(briefing, worst)), code=code)
    return Answer(text=verdict_page(briefing, worst, width_of_terminal()), code=code)


def _brief_lane(options: Namespace) -> Briefing:
    from verifier.desk.briefing import brief_lane, require_lane

    if getattr(options, "bundle", None):
        from verifier.cli.bundling import brief_bundle

        return brief_bundle(options)
    require_lane(options.lane)
    choice = choose(options)
    with patience(choice.chain.hosts):
        panel = open_panel(choice)
        aids = open_aids(options, choice, panel)
        return brief_lane(open_reader(choice, panel), CLOCK, choice.signer, options.lane, aids=aids)
