"""What a watcher says: happenings from a vault's facts, its events and the clock. Pure: the same look, the same words.

The journal keeps facts, each a subject with a canonical text. A look makes today's facts, tells every step between
the journal and today by the events, and whatever the events do not tell by the difference alone. Nothing here raises,
whatever a reading or an event says.
"""

from verifier.assess.happenings.judge import KNOWN_EVENTS, facts_of, happenings_of, judge_look, learn
from verifier.assess.happenings.look import (
    DOES,
    READ,
    USUAL,
    Asked,
    Judged,
    Look,
    Manner,
    OperationView,
)
from verifier.assess.happenings.policy import asked_of

__all__ = [
    "DOES",
    "KNOWN_EVENTS",
    "READ",
    "USUAL",
    "Asked",
    "Judged",
    "Look",
    "Manner",
    "OperationView",
    "asked_of",
    "facts_of",
    "happenings_of",
    "judge_look",
    "learn",
]
