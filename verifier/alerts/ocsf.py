"""A delivery as an event of the Open Cybersecurity Schema Framework: a Detection Finding (class 2004), version 1.4.

An episode is one finding: an alert creates it, what follows updates it, and what is taken back closes it. What OCSF has
no place for stands under `unmapped`. What is said once a day is a base event (class 0).
"""

from __future__ import annotations

from typing import Any, Final

from verifier.alerts.wording import EVIDENCE_WORDS
from verifier.model.evidence import Evidence
from verifier.model.finding import Severity
from verifier.model.text import Shown, show_bytes
from verifier.model.watching import Delivery, Happening, Parcel, Standing

SCHEMA: Final = "1.4.0"
DETECTION_FINDING: Final = 2004
_FINDINGS: Final = 2
_OTHER: Final = 99
_MOST_LINES: Final = 64
_MILLISECONDS: Final = 1_000

_SEVERITIES: Final = {
    Severity.INFO: (1, "Informational"),
    Severity.NOTICE: (2, "Low"),
    Severity.WARNING: (3, "Medium"),
    Severity.DANGER: (5, "Critical"),
}
_ACTIVITIES: Final = {
    Parcel.ALERT: (1, "Create"),
    Parcel.UPDATE: (2, "Update"),
    Parcel.ESCALATION: (2, "Update"),
    Parcel.RETRACTION: (3, "Close"),
}
_STATUSES: Final = {
    Parcel.ALERT: (1, "New"),
    Parcel.UPDATE: (1, "New"),
    Parcel.ESCALATION: (1, "New"),
    Parcel.RETRACTION: (6, "Deleted"),
}
_CONFIDENCES: Final = {
    Evidence.CLAIMED: (1, "Low"),
    Evidence.AGREED: (2, "Medium"),
    Evidence.PROVEN: (3, "High"),
}


def ocsf_event(delivery: Delivery, *, product: str) -> dict[str, Any]:
    """Return a delivery as an event.

    :param product: the version of this program
    """
    happening = delivery.happening
    base = {
        "time": delivery.created_at * _MILLISECONDS,
        "metadata": {
            "version": SCHEMA,
            "uid": delivery.key,
            "product": {"name": "Fourth Signer", "vendor_name": "Fourth Signer", "version": product},
            "log_name": "watch",
        },
    }
    if happening is None:
        return {
            **base,
            "category_uid": 0,
            "class_uid": 0,
            "class_name": "Base Event",
            "activity_id": _OTHER,
            "activity_name": str(delivery.parcel),
            "type_uid": _OTHER,
            "severity_id": 1,
            "severity": "Informational",
            "message": Shown("\n".join(delivery.text[:_MOST_LINES])),
        }
    return {**base, **_finding_event(delivery, happening)}


def _finding_event(delivery: Delivery, happening: Happening) -> dict[str, Any]:
    activity_id, activity = _ACTIVITIES[delivery.parcel]
    severity_id, severity = _SEVERITIES[happening.severity]
    status_id, status = _STATUSES[delivery.parcel]
    confidence_id, confidence = _CONFIDENCES[happening.evidence]
    vault = str(happening.vault) if happening.vault is not None else f"chain {happening.chain_id}"
    return {
        "category_uid": _FINDINGS,
        "category_name": "Findings",
        "class_uid": DETECTION_FINDING,
        "class_name": "Detection Finding",
        "activity_id": activity_id,
        "activity_name": activity,
        "type_uid": DETECTION_FINDING * 100 + activity_id,
        "severity_id": severity_id,
        "severity": severity,
        "status_id": status_id,
        "status": status,
        "confidence_id": confidence_id,
        "confidence": confidence,
        "is_alert": activity_id == _ACTIVITIES[Parcel.ALERT][0] and happening.severity >= Severity.WARNING,
        "message": happening.sentence,
        "start_time": happening.at * _MILLISECONDS,
        "finding_info": {
            "uid": happening.episode,
            "title": happening.sentence,
            "desc": Shown("\n".join(happening.lines[:_MOST_LINES])),
            "types": [str(happening.kind)],
            "first_seen_time": happening.at * _MILLISECONDS,
            "analytic": {"name": str(happening.kind), "type_id": 1, "type": "Rule"},
        },
        "resources": [{"uid": vault, "type": "vault" if happening.vault is not None else "chain"}],
        "unmapped": _unmapped(delivery, happening),
    }


def _unmapped(delivery: Delivery, happening: Happening) -> dict[str, Any]:
    operation = happening.operation_id
    return {
        "chain": int(happening.chain_id),
        "kind": str(happening.kind),
        "happening": happening.key,
        "parcel": str(delivery.parcel),
        "standing": str(delivery.standing),
        "is_final": delivery.standing is Standing.CONFIRMED,
        "evidence": EVIDENCE_WORDS[happening.evidence],
        "block": int(happening.block),
        "block_hash": show_bytes(happening.block_hash),
        "lane": None if happening.lane is None else int(happening.lane),
        "operation": None if operation is None else show_bytes(operation),
        "ready_at": None if happening.ready_at is None else int(happening.ready_at),
        "number": delivery.number,
        "rules": [finding.rule for finding in happening.findings[:_MOST_LINES]],
    }
