"""The plan of a vault as text: look rather than read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from verifier.model.deployment import ChainState, Founding, PieceState
from verifier.model.finding import Severity
from verifier.model.member import Role
from verifier.model.plan import Coalitions, FollowUp, MemberPower, Plan, PlanRemark, TierPower
from verifier.model.text import Shown, show_bytes, show_count, show_duration
from verifier.model.tier import TierTerms
from verifier.model.vault_file import Network, VaultFile
from verifier.pages.doctor import MARKS
from verifier.pages.layout import Page

_ROLES: Final = (
    (Role.PROPOSER, "publishes"),
    (Role.APPROVER, "approves"),
    (Role.SECURITY, "security"),
    (Role.BREAK_GLASS, "hurries"),
    (Role.GUARDIAN, "guards"),
    (Role.AUDITOR, "reviews"),
)
_WEEKDAYS: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_WIDEST_NAME: Final = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSheet:
    """All that the page shows."""

    title: Shown
    file: VaultFile
    founding: Founding
    plan: Plan
    # By network, in the order of the file.
    follow_ups: Sequence[tuple[Network, Sequence[FollowUp]]]
    # How it stands on the chains that were asked.
    chains: Sequence[ChainState] = ()


def plan_page(sheet: PlanSheet, width: int) -> str:
    """Return what comes of a vault's file."""
    page = Page(width)
    _identity(page, sheet)
    page.title("Who can do what")
    page.table(_members(sheet.plan.members), indent=2)
    page.title("Which quorums there are")
    page.table(_tiers(sheet.plan.tiers), indent=2)
    for power in sheet.plan.tiers:
        if power.indispensable:
            page.text(f"{power.tier.name}: not without {' or '.join(power.indispensable)}.", indent=2)
    page.title("How many persons it takes, all others being honest and watching")
    for name, text in _coalitions(sheet.plan.coalitions):
        page.field(name, text, column=18)
    for state in sheet.chains:
        _chain(page, sheet, state)
    if not sheet.chains:
        page.title("Chains")
        page.text(
            "None was asked. With --rpc, tokens, founders and whoever is listed are looked at there.",
            indent=2,
        )
    _later(page, sheet)
    _remarks(page, [*sheet.plan.remarks, *(remark for state in sheet.chains for remark in state.remarks)])
    return str(page)


def _identity(page: Page, sheet: PlanSheet) -> None:
    vault = sheet.founding.vault
    page.text(f"The vault of {sheet.title}")
    page.space()
    page.field("address", f"{vault.address}, on every chain; it commits to all of the founding")
    page.field("founding", show_bytes(sheet.founding.founding_hash))
    page.field("code", f"{show_bytes(vault.code_hash)} (this release's)")
    page.field("file", f"SHA-256 {sheet.file.file_hash.hex()}")
    configuration = sheet.file
    parts = [
        show_count(len(configuration.founders), "founder"),
        show_count(sum(not a.only_on for a in configuration.assets), "asset"),
        show_count(
            sum(not c.only_on for c in configuration.counterparties), "counterparty", "counterparties"
        ),
        show_count(sum(not r.only_on for r in configuration.rules), "rule"),
    ]
    page.field("begins with", f"{', '.join(parts)}; the rest comes by operations", column=12)


def _members(members: Sequence[MemberPower]) -> list[list[str]]:
    rows = [["seat", "member", "person", *(name for _, name in _ROLES)]]
    for seat, member in enumerate(members):
        persons = ", ".join(map(str, member.persons))
        rows.append(
            [
                "later" if member.is_later else str(seat),
                _cut(member.name),
                persons,
                *("x" if member.roles & role else "." for role, _ in _ROLES),
            ]
        )
    return rows


def _cut(name: str) -> str:
    return name if len(name) <= _WIDEST_NAME else name[: _WIDEST_NAME - 2] + ".."


def _tiers(tiers: Sequence[TierPower]) -> list[list[str]]:
    rows = [["tier", "needs", "waits", "hurried to", "open", "quorums", "such as"]]
    for power in tiers:
        terms = power.terms
        hurried = show_duration(terms.least_delay) if terms.least_delay < terms.delay else "never"
        count = "many" if power.quorums is None else str(power.quorums)
        example = ", ".join(map(_cut, power.example)) or "NONE"
        rows.append(
            [
                power.tier.name,
                _needs(terms),
                show_duration(terms.delay),
                hurried,
                _window(terms),
                count,
                example,
            ]
        )
    return rows


def _needs(terms: TierTerms) -> str:
    said = str(terms.quorum)
    if terms.security_approvals:
        said += f", {terms.security_approvals} security"
    return said + (", apart" if terms.segregated else "")


def _window(terms: TierTerms) -> str:
    if not terms.has_window:
        return "always"
    days = "".join(day for i, day in enumerate(_WEEKDAYS) if terms.weekdays >> i & 1)
    opens, closes = (
        f"{quarter // 4:02}:{quarter % 4 * 15:02}" for quarter in (terms.opens_at, terms.closes_at)
    )
    return f"{days} {opens}-{closes}"


def _coalitions(coalitions: Coalitions) -> list[tuple[str, str]]:
    def said(count: int | None) -> str:
        return f"more than {coalitions.looked_at}" if count is None else str(count)

    return [
        ("to stop transfers", f"{said(coalitions.blocks)}, until the others take their seats"),
        ("to stop for good", said(coalitions.blocks_for_good)),
        ("to take all", said(coalitions.steals)),
    ]


def _chain(page: Page, sheet: PlanSheet, state: ChainState) -> None:
    network = sheet.file.network_of(state.chain_id)
    kind = "not in the file" if network is None else network.name
    page.title(f"Chain {state.chain_id} ({kind})")
    present = [
        p.name for p, s in zip(sheet.founding.pieces, state.states, strict=True) if s is PieceState.PRESENT
    ]
    missing = [
        p.name for p, s in zip(sheet.founding.pieces, state.states, strict=True) if s is PieceState.ABSENT
    ]
    page.field("is there", ", ".join(present) or "nothing yet", column=12)
    page.field("is missing", ", ".join(missing) or "nothing: the vault is founded", column=12)


def _later(page: Page, sheet: PlanSheet) -> None:
    alike: dict[tuple[FollowUp, ...], list[Network]] = {}
    for network, there in sheet.follow_ups:
        alike.setdefault(tuple(there), []).append(network)
    for follow_ups, networks in alike.items():
        names = [f"{network.name}{' (production)' if network.is_production else ''}" for network in networks]
        page.title(f"Afterwards on {', '.join(names)}")
        if not follow_ups:
            page.text("Nothing: the founding is all of it.", indent=2)
        for follow_up in follow_ups:
            count = len(follow_up.calls)
            what = f"{count} call{'s' if count != 1 else ''}" if count else f"awaits {follow_up.awaits}"
            page.text(f"{follow_up.title}: {what}, CUSTODY", indent=2, hang=f"{follow_up.key:<11} ")


def _remarks(page: Page, remarks: Sequence[PlanRemark]) -> None:
    page.title("What to know")
    for remark in sorted(remarks, key=lambda remark: -remark.severity):
        page.text(f"{remark.subject}: {remark.sentence}", indent=2, hang=f"{MARKS[remark.severity]:<5} ")
    counts: Mapping[Severity, int] = {each: sum(r.severity is each for r in remarks) for each in Severity}
    refused, warned = counts[Severity.DANGER], counts[Severity.WARNING]
    page.space()
    if refused:
        page.text(f"{refused} thing{'s' if refused != 1 else ''} to cure: this vault is not deployed so.")
    elif warned:
        page.text(
            f"{warned} thing{'s' if warned != 1 else ''} to think about; the contract takes it as it is."
        )
    else:
        page.text("The contract takes it as it is.")
