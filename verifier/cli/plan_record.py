"""A plan as one JSON object; `verifier.deploy.report` describes it."""

from __future__ import annotations

import json
from typing import Any

from verifier.deploy.report import VERSION, follow_up_record, founding_record, remark_record
from verifier.model.deployment import ChainState, Founding
from verifier.model.member import Role
from verifier.model.plan import Coalitions, MemberPower, TierPower
from verifier.pages.plan import PlanSheet


def plan_json(sheet: PlanSheet) -> str:
    """Return all that the page shows, for machines."""
    plan = sheet.plan
    record: dict[str, Any] = {
        "version": VERSION,
        "kind": "plan",
        **founding_record(sheet.file, sheet.founding),
        "remarks": [remark_record(remark) for remark in plan.remarks],
        "members": [_member(member) for member in plan.members],
        "tiers": [_tier(power) for power in plan.tiers],
        "coalitions": _coalitions(plan.coalitions),
        "later": {
            network.name: [follow_up_record(each) for each in there] for network, there in sheet.follow_ups
        },
        "chains": [_chain(state, sheet.founding) for state in sheet.chains],
    }
    return json.dumps(record, indent=2, ensure_ascii=True) + "\n"


def _member(member: MemberPower) -> dict[str, Any]:
    return {
        "name": member.name,
        "persons": list(member.persons),
        "roles": [role.name.lower() for role in Role if role & member.roles and role.name],
        "later": member.is_later,
    }


def _tier(power: TierPower) -> dict[str, Any]:
    terms = power.terms
    return {
        "tier": power.tier.name,
        "quorum": terms.quorum,
        "security": terms.security_approvals,
        "segregated": bool(terms.segregated),
        "delay": int(terms.delay),
        "expedited": int(terms.least_delay),
        "grace_hours": int(terms.grace_hours),
        "quorums": power.quorums,
        "example": list(power.example),
        "indispensable": list(power.indispensable),
    }


def _coalitions(coalitions: Coalitions) -> dict[str, Any]:
    return {
        "looked_at": coalitions.looked_at,
        "blocks": coalitions.blocks,
        "blocks_for_good": coalitions.blocks_for_good,
        "steals": coalitions.steals,
    }


def _chain(state: ChainState, founding: Founding) -> dict[str, Any]:
    return {
        "chain_id": int(state.chain_id),
        "complete": state.is_complete,
        "states": {piece.name: str(here) for piece, here in zip(founding.pieces, state.states, strict=True)},
        "remarks": [remark_record(remark) for remark in state.remarks],
    }
