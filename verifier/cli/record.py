"""What `--json` prints: one object, whose schema has a version. Fields may be added to a version; none change or go.

Types: an ADDRESS is 0x text with its EIP-55 checksum; BYTES are lower-case 0x text; an AMOUNT is decimal text in the
asset's base unit; a MOMENT is seconds since 1970-01-01 UTC; an EVIDENCE is "proven", "agreed" or "claimed"; a SEVERITY
is "info", "notice", "warning" or "danger". Text is printable ASCII; all else in it is escaped as \\u{...}.

queue     {"version": 1, "kind": "queue", "vault": VAULT, "block": BLOCK, "complete": EVIDENCE, "findings": [FINDING],
           "operations": [OPERATION]}            the open ones, the most urgent first
show      {"version": 1, "kind": "operation", "vault": VAULT, "block": BLOCK, "findings": [FINDING],
           "operation": OPERATION}
verify    {"version": 1, "kind": "verdict", "vault": VAULT, "block": BLOCK, "findings": [FINDING], "lane", "id": BYTES,
           "status", "sentence", "evidence": EVIDENCE, "severity": SEVERITY or null, of both kinds of findings,
           "about_operation": [FINDING]}
decode    {"version": 1, "kind": "call", "sentence", "severity": SEVERITY of the encoding, "call": CALL}
doctor    {"version": 1, "kind": "examination", "code": exit code, "parts": [{"title", "checks": [{"subject",
           "severity", "sentence", "code"}]}]}
attest    {"version": 1, "kind": "attestation", "code": exit code, "chain": number, "address": ADDRESS,
           "code_hash": BYTES, "founding": BYTES, "file": BYTES, its SHA-256, or null, "block": {"number", "hash":
           BYTES, "time": MOMENT, "evidence": EVIDENCE}, "differences": [DIFFERENCE], "statements": [{"rule": stable
           name, "severity": SEVERITY, "sentence", "evidence": EVIDENCE}]}
diff      {"version": 1, "kind": "diff", "chain": number, "address": ADDRESS, "block": {"number", "hash", "evidence"},
           "complete": bool where the logs are whole, "differences": [DIFFERENCE], "obstacles": [{"rule", "subject",
           "sentence"}], "operations": [{"file": text or null where none was written, "seat_operation": bool,
           "possible_now": bool, "passing": bool where its quorums are for a while, "lane": number of the signer's own
           or null, "tier": text or null where nobody may publish it, "sentences": [text] by call, "findings":
           [{"rule", "severity", "sentence"}], "calls": [{"target": ADDRESS, "value": AMOUNT, "data": BYTES}]}] in
           their order}

release-check   {"version": 1, "kind": "release", "released": true, "commit", "network", "chain": number, "production":
           bool, "people": [name], "entry": number or null where nothing was recorded, "head": BYTES or null}
release-record  {"version": 1, "kind": "release-record", "head": BYTES, "last_released": commit or null, "entries":
           [{"number", "at": MOMENT, "kind", "people": text, "hash": BYTES, "body": as it stands in the record}],
           "bypasses": [{"number", "hash": BYTES, "at": MOMENT, "kind", "justified": bool or null, "reviewer"}]}
review-check    {"version": 1, "kind": "change", "approved": true, "said": [text], "guarded": [path], "approvers":
           [login]}
Of the gates a refusal too: {"version": 1, "kind": "refusal", "released" or "approved": false, "rule": stable name,
           "why"}

VAULT     {"name": text or null where it is not pinned, "chain": number, "address": ADDRESS, "code_hash": BYTES,
           "founding": BYTES, "balance": AMOUNT, "evidence": EVIDENCE}
BLOCK     {"number", "hash": BYTES, "time": MOMENT, "evidence": EVIDENCE, "agreeing": [name of an endpoint],
           "dissenting": [...], "silent": [...], "vouched": bool where it is of a bundle, and its hash was given}
FINDING   {"rule": stable name, "severity": SEVERITY, "sentence", "evidence": EVIDENCE, "call": index or null,
           "path": [index] of the way from that call to one inside of it, "bytes": [start, stop] of the data of the
           call at the end of the way, or null}
DIFFERENCE {"rule": stable name, "side": "beyond" the file, "lacking" on the chain or "other", "subject", "sentence",
           "evidence": EVIDENCE}
OPERATION {"lane", "sequence", "id": BYTES, "publication": BYTES, "published_in": number, "status", "tier",
           "seat_operation": bool, "objected": bool, "sentence", "evidence": EVIDENCE, "severity": SEVERITY or null,
           "ready_at": MOMENT or null where no clock runs, "expires_at": MOMENT, "approve_by": MOMENT or null,
           "quorum": QUORUM, "levels": [LEVEL], "proposer": {"seat", "address": ADDRESS or null}, "findings": [FINDING],
           "bytes_found": bool, "calls": [CALL], "hashes": {"domain", "struct", "digest"}: BYTES to be signed,
           "actions": [{"name", "sentence", "data": BYTES of a transaction to the vault, empty where a group signs
           first, "digest": BYTES that a group signs, or null}], "impossible": [{"name", "sentence", "why"}] of what
           this signer cannot do about it now, "descriptions": [DESCRIPTION or null] by call, "simulation": SIMULATION
           or null, "signatures": [SIGNATURE] or null where nobody looked}
DESCRIPTION {"source", "owner", "intent", "evidence": EVIDENCE, "fields": [{"label", "value", "field": path, "bytes":
           [start, stop] or null}], "hidden": [{"field", "value", "why"}], "notes": [text]} in the words of an ERC-7730
           descriptor, or {"source", "refused": why it is not used}
SIMULATION {"outcome": "done", "reverted" or "unknown", "why", "endpoint" whose claim it is, "method", "block": number,
           "at": MOMENT, "assumed": bool where the vault was told that it is ready, "gas": number or null, "deltas":
           [{"token", "account", "amount", "token_id", "is_measured", "said"}] or null, "allowances": [{"token",
           "owner", "spender", "amount", "token_id", "through", "until", "is_measured"}] or null, "storage":
           [{"contract", "slot", "before", "after"}] or null, "touched": [{"address", "code_hash", "implementation",
           "evidence"}] or null, "omitted": number, "disagreeing": [name], "remarks": [text]}; numbers in
           lists are decimal text
SIGNATURE {"seat", "expected": ADDRESS, "actual": ADDRESS or null, "source", "evidence": EVIDENCE}
QUORUM    {"approvals", "needed", "security_approvals", "security_needed", "publisher_counts": bool, "standing": bool,
           "given": [STANDING], "others": [STANDING], "segregation": SEGREGATION or null where nobody asks for it}
SEGREGATION {"quorum": number of members who have to be apart, "recorded": [seat] of those who approved and are, or
           null, "possible": the same among these and all who may, "clashes": [CLASH]}
CLASH     {"seats": [seat, seat], "employer": number or null, "minutes": between their offsets or null, "kilometres":
           number or null}; null: they do not share it
LEVEL     {"asset": ADDRESS, "now": AMOUNT that counts of what moved before, "later": AMOUNT with this operation, or
           null, "routine_limit": AMOUNT, "high_value_from": AMOUNT, "evidence": EVIDENCE}
STANDING  {"seat", "address": ADDRESS or null, "label": text or null, "person": number or null, "holders":
           [number] of a group's key, else empty, "security": bool, "counts": bool, "why": text, empty where it counts}
CALL      {"target": ADDRESS or null where nobody told it, "label": text or null, "value": AMOUNT, "data": BYTES,
           "function": signature or "", "named_by": "own", "book", "descriptor", "standard", "target", "recovered" or
           "none", "candidates": [signature that fits as well], "delegate": bool, "caller": ADDRESS or null, "within":
           [start, stop] of the data of the call around it or null, "sentence", "evidence": EVIDENCE, "arguments":
           [ARGUMENT], "faults": [FAULT], "effects": [EFFECT], "children": [CALL]}
FAULT     {"kind": "dirty", "offset", "padding", "truncated", "endless", "trailing" or "text", "severity": SEVERITY,
           "bytes": [start, stop]}
EFFECT    {"effect": "move", "token": ADDRESS, "sender": ADDRESS, "recipient": ADDRESS, "amount": AMOUNT or null,
           "token_id": decimal text or null, "where": [start, stop] or null, "least": AMOUNT or null,
           "elsewhere": BYTES of who gets it on another chain or null,
           "is_optional": bool, whether the rest is done without it where it fails},
          {"effect": "allowance", "token", "owner", "spender", "amount", "is_increase": bool, "token_id",
           "until": decimal text or null, "where"},
          {"effect": "authority", "target", "kind": text such as "owner" or "code", "account": ADDRESS or null,
           "detail": decimal text, BYTES or null, "where"},
          {"effect": "delegation", "account", "code": ADDRESS}, or
          {"effect": "creation", "factory": ADDRESS, "account": ADDRESS of what is made or null, "code_hash": BYTES
           or null, "runs": ADDRESS whose code it runs or null, "where"}; `verifier.model.effect` says what they
           mean; an account is null where it is a caller or target that nobody told
ARGUMENT  {"name", "type", "word": name of the vault's own type or "", "value", "bytes": [start, stop], "children":
           [ARGUMENT]}; value: ADDRESS, BYTES, decimal text, bool or text; null where there are children
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from verifier.assess.movements import Level
from verifier.assess.segregated_quorum import Found, Segregation
from verifier.assess.standing import Standing
from verifier.cli.record_asides import (
    action_part,
    description_part,
    impossible_part,
    signature_part,
    simulation_part,
)
from verifier.cli.record_calls import call_part
from verifier.cli.record_parts import Record, hex_of, label_of, range_of
from verifier.decode.lexicon import Lexicon
from verifier.desk.briefing import Briefing
from verifier.desk.health import Check
from verifier.desk.review import Review
from verifier.model.call import DecodedCall
from verifier.model.finding import Finding, Severity
from verifier.model.text import sanitise

VERSION: Final = 1


def queue_record(briefing: Briefing) -> Record:
    return {
        **_heading(briefing, "queue"),
        "complete": briefing.completeness.name.lower(),
        "operations": [_operation(briefing, review) for review in briefing.reviews],
    }


def lane_record(briefing: Briefing) -> Record:
    (review,) = briefing.reviews
    return {**_heading(briefing, "operation"), "operation": _operation(briefing, review)}


def verdict_record(briefing: Briefing, worst: Severity | None) -> Record:
    (review,) = briefing.reviews
    return {
        **_heading(briefing, "verdict"),
        "lane": int(review.lane.lane),
        "id": hex_of(review.lane.operation_id),
        "status": review.status.name,
        "sentence": review.sentence,
        "evidence": review.evidence.name.lower(),
        "severity": None if worst is None else worst.name.lower(),
        "about_operation": [_finding(finding) for finding in review.findings],
    }


def call_record(call: DecodedCall, lexicon: Lexicon, sentence: str) -> Record:
    return {
        "version": VERSION,
        "kind": "call",
        "sentence": sentence,
        "severity": max(each.severity for _, each in call.walk()).name.lower(),
        "call": call_part(lexicon, call),
    }


def doctor_record(parts: Mapping[str, Sequence[Check]], code: int) -> Record:
    return {
        "version": VERSION,
        "kind": "examination",
        "code": code,
        "parts": [
            {"title": title, "checks": [_check(check) for check in checks]} for title, checks in parts.items()
        ],
    }


def _check(check: Check) -> Record:
    return {
        "subject": check.subject,
        "severity": check.severity.name.lower(),
        "sentence": check.sentence,
        "code": check.code,
    }


def _heading(briefing: Briefing, kind: str) -> Record:
    reading = briefing.reading
    head = reading.head
    return {
        "version": VERSION,
        "kind": kind,
        "vault": {
            "name": briefing.signer.vault_name or None,
            "chain": int(head.chain_id),
            "address": str(reading.vault),
            "code_hash": hex_of(reading.code_hash.value),
            "founding": hex_of(reading.founding.value),
            "balance": str(reading.balance.value),
            "evidence": reading.code_hash.evidence.name.lower(),
        },
        "block": {
            "number": int(head.number),
            "hash": hex_of(head.hash),
            "time": int(head.timestamp),
            "evidence": head.evidence.name.lower(),
            "agreeing": [sanitise(name) for name in head.agreeing],
            "dissenting": [sanitise(name) for name in head.dissenting],
            "silent": [sanitise(name) for name in head.silent],
            "vouched": head.vouched,
        },
        "findings": [_finding(finding) for finding in briefing.findings],
    }


def _operation(briefing: Briefing, review: Review) -> Record:
    lane, state = review.lane, review.lane.state
    return {
        "lane": int(lane.lane),
        "sequence": int(state.sequence),
        "id": hex_of(lane.operation_id),
        "publication": str(state.publication),
        "published_in": int(state.publication.block),
        "status": review.status.name,
        "tier": state.tier.name,
        "seat_operation": state.seat_operation,
        "objected": state.objected,
        "sentence": review.sentence,
        "evidence": review.evidence.name.lower(),
        "severity": None if review.severity is None else review.severity.name.lower(),
        "ready_at": state.ready_at,
        "expires_at": int(state.expires_at),
        "approve_by": review.operation.approve_by if review.operation else None,
        "quorum": _quorum(briefing, review),
        "levels": [_level(level) for level in review.levels],
        "proposer": {
            "seat": int(lane.proposer),
            "address": str(review.proposer.address) if review.proposer else None,
        },
        "findings": [_finding(finding) for finding in review.findings],
        "bytes_found": review.operation is not None,
        "calls": [call_part(review.lexicon, call) for call in review.calls],
        "descriptions": [description_part(each) for each in review.descriptions],
        "simulation": simulation_part(review.simulation),
        "signatures": None
        if review.approvals is None
        else [signature_part(each) for each in review.approvals],
        "hashes": {
            "domain": hex_of(review.hashes.domain),
            "struct": hex_of(review.hashes.struct),
            "digest": hex_of(review.hashes.digest),
        },
        "actions": [action_part(action) for action in review.actions],
        "impossible": [impossible_part(action) for action in review.impossible],
    }


def _quorum(briefing: Briefing, review: Review) -> Record:
    count = review.quorum.count
    return {
        "approvals": count.approvals,
        "needed": count.needed,
        "security_approvals": count.security_approvals,
        "security_needed": count.security_needed,
        "publisher_counts": count.publisher_counts,
        "standing": count.is_standing,
        "given": [_standing(briefing, standing) for standing in review.quorum.given],
        "others": [_standing(briefing, standing) for standing in review.quorum.others],
        "segregation": _segregation(review.quorum.segregation),
    }


def _segregation(segregation: Segregation | None) -> Record | None:
    if segregation is None:
        return None
    return {
        "quorum": segregation.quorum,
        "recorded": _seats(segregation.recorded),
        "possible": _seats(segregation.possible),
        "clashes": [
            {
                "seats": [int(clash.first), int(clash.second)],
                "employer": clash.employer,
                "minutes": clash.minutes,
                "kilometres": None if clash.distance is None else round(clash.distance, 3),
            }
            for clash in segregation.clashes
        ],
    }


def _seats(found: Found) -> list[int] | None:
    return [int(seat) for seat in found] if isinstance(found, tuple) else None


def _level(level: Level) -> Record:
    terms = level.terms
    return {
        "asset": str(level.asset),
        "now": str(terms.amount(level.now)),
        "later": None if level.later is None else str(terms.amount(level.later)),
        "routine_limit": str(terms.amount(terms.routine_limit)),
        "high_value_from": str(terms.amount(terms.high_value_from)),
        "evidence": level.evidence.name.lower(),
    }


def _standing(briefing: Briefing, standing: Standing) -> Record:
    member = standing.member
    return {
        "seat": int(standing.seat),
        "address": str(member.address) if member else None,
        "label": label_of(briefing.signer.labels, member.address) if member else None,
        "person": int(member.record.person) if member and not member.group else None,
        "holders": [int(person) for person in member.persons] if member and member.group else [],
        "security": standing.is_security,
        "counts": standing.counts,
        "why": standing.why,
    }


def _finding(finding: Finding) -> Record:
    return {
        "rule": finding.rule,
        "severity": finding.severity.name.lower(),
        "sentence": finding.sentence,
        "evidence": finding.evidence.name.lower(),
        "call": finding.call,
        "path": list(finding.path),
        "bytes": range_of(finding.where) if finding.where else None,
    }
