"""The way from a vault to its file as text: what differs, and every operation as its signers will see it."""

from __future__ import annotations

from collections.abc import Sequence

from verifier.desk.changing import Step, Way
from verifier.model.finding import Severity
from verifier.model.text import Shown
from verifier.pages.attest import add_differences
from verifier.pages.layout import MARKS, Page
from verifier.pages.words import block_of, endpoints_of


def diff_page(way: Way, width: int, *, file: Shown, paths: Sequence[Shown]) -> str:
    """Return what is to be done.

    :param file: what the file is called
    :param paths: where each operation was written; empty where none was
    """
    page = Page(width)
    page.text(_verdict(way, file))
    page.space()
    page.field("vault", str(way.reading.vault), indent=0)
    page.field("block", f"{block_of(way.reading.head)}, chain {way.reading.head.chain_id}", indent=0)
    page.field("", endpoints_of(way.reading.head), indent=0)
    if way.completeness.severity >= Severity.WARNING:
        page.title("To see to")
        page.text(way.completeness.sentence, indent=2, hang=f"{MARKS[way.completeness.severity]:<7}")
    if way.obstacles:
        page.title("What no operation here brings about")
        for obstacle in way.obstacles:
            page.text(f"{obstacle.subject}: {obstacle.sentence}", indent=2)
    add_differences(page, way.differences)
    for i, step in enumerate(way.steps):
        _add_step(page, step, i, len(way.steps), paths[i] if paths else None)
    if way.steps:
        page.title("How")
        page.text(_advice(way, paths), indent=2)
    return str(page)


def _verdict(way: Way, file: Shown) -> str:
    count = len(way.steps)
    operations = f"{count} operation{'s' if count != 1 else ''}"
    if way.obstacles:
        return (
            f"NOT ALL OF IT CAN COME ABOUT: {operations}, and {len(way.obstacles)} left over. See below why."
        )
    if not count:
        return f"Nothing is to be done: the vault is as {file} says, as far as operations reach."
    if count == 1:
        return f"One operation makes the vault what {file} says."
    return f"{operations} make the vault what {file} says, in this order."


def _add_step(page: Page, step: Step, nth: int, count: int, path: Shown | None) -> None:
    operation, draft = step.operation, step.draft
    kind = "a seat operation" if operation.is_seat_operation else f"{len(operation.calls)} calls"
    page.title(f"Operation {nth + 1} of {count}: {kind}")
    if path is not None:
        page.field("file", path)
    if draft is None:
        page.field("publish", f"Nobody can now: {step.why}")
        for change in operation.changes:
            page.text(f"- {change.function}", indent=2)
        return
    review = draft.review
    for call in review.calls:
        page.text(call.sentence, indent=2, hang="- ")
    terms = draft.briefing.reading.tiers.value[review.lane.state.tier]
    page.field("tier", f"{review.lane.state.tier.name}, {terms.quorum} approvals besides whoever publishes")
    lane = "" if step.lane is None else f", your lane {step.lane}"
    page.field("publish", f"{draft.proposer.address} may, among others{lane}")
    if operation.is_passing:
        page.field(
            "passing",
            "smaller quorums for a while, since nothing else lets members go and come; see the last one. A veto of "
            "that one leaves them so, and one member is enough for it: propose this only where everybody is trusted",
        )
    if not operation.is_possible_now:
        page.field("after", "the ones above: alone, the vault would refuse it today")
    page.findings(review.findings, indent=2)


def _advice(way: Way, paths: Sequence[Shown]) -> str:
    said = (
        "Publish them in this order, and execute each one before the next: they can be approved and wait side by side, "
        "in lanes of their own. Whatever changes members or tiers lets the vault count the others' approvals anew."
    )
    if paths:
        lanes = [f" --lane {step.lane}" if step.lane is not None else "" for step in way.steps]
        said += f" The first one: `fourth-signer propose {paths[0]}{lanes[0]}`; --dry-run only shows it."
    else:
        said += " With -o FOLDER each one is written to a file for `fourth-signer propose`."
    return said + " Then `fourth-signer attest` tells whether the vault is as the file says."
