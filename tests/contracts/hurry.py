"""Vaults whose delays break-glass may shorten, and the signatures that consent to it.

    scene = hurry_scene(anvil)
    operation = scene.waiting("ann", [STANDARD_CALL])
    outcome = expedite(scene, operation, consents_of(scene, operation, "bob", "cat", "dan"))

Digests are made by eth-abi from the type that `contracts/interfaces/IVault.sol` names.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, Final

from eth_keys.datatypes import Signature

from tests.anvil import CHAIN_ID, Anvil, Outcome
from tests.contracts.groups import typed_digest
from tests.contracts.scene import BOTH, Scene, usual_scene
from tests.stage import HOUR, MINUTE, STRANGER, USUAL_TIERS, Actor, Approval, Operation, as_words
from verifier.errors import VaultError
from verifier.model.member import Attributes, Role
from verifier.model.place import place_at
from verifier.model.tier import Tier, TierTerms
from verifier.model.units import Duration

EXPEDITE: Final = (
    b"Expedite(Operation operation,uint64 publication,uint40 readyAt)"
    b"Call(address target,uint256 value,bytes data)"
    b"Operation(Call[] calls,uint16 lane,uint32 sequence,uint40 approveBy)"
)
# ROUTINE waits an hour here, so that there is something to shorten; CUSTODY always waits all of its delay.
EXPEDITED: Final = {Tier.ROUTINE: 10 * MINUTE, Tier.STANDARD: HOUR, Tier.HIGH_VALUE: 2 * HOUR}
_DELAYS: Final = (HOUR, 48 * HOUR, 48 * HOUR, 72 * HOUR)
HURRY_TIERS: Final[tuple[TierTerms, ...]] = tuple(
    dataclasses.replace(
        terms,
        delay=Duration(_DELAYS[tier]),
        expedited_delay=Duration(EXPEDITED[tier]) if tier in EXPEDITED else None,
    )
    for tier, terms in zip(Tier, USUAL_TIERS, strict=True)
)
# Seats 0 to 8. Two have BREAK_GLASS; of ann's operations bob, cat, dan, eve, fay and fox can be approvers.
HURRY_CAST: Final = (
    Actor.new("ann", BOTH),
    Actor.new("bob", BOTH | Role.SECURITY),
    Actor.new("cat", Role.APPROVER | Role.SECURITY),
    Actor.new("dan", Role.APPROVER | Role.BREAK_GLASS),
    Actor.new("eve", Role.APPROVER),
    Actor.new("fay", Role.APPROVER | Role.BREAK_GLASS),
    Actor.new("fox", Role.APPROVER),
    Actor.new("gus", Role.GUARDIAN),
    Actor.new("amy", Role.AUDITOR),
)
# Who shares something with whom: eve her offset with cat, fay her employer with bob, fox his place with dan.
PLACES: Final = {
    "ann": Attributes(employer=9, utc_offset=600, place=place_at(latitude=-34, longitude=151)),
    "bob": Attributes(employer=1, utc_offset=-480, place=place_at(latitude=38, longitude=-122)),
    "cat": Attributes(employer=2, utc_offset=0, place=place_at(latitude=51, longitude=0)),
    "dan": Attributes(employer=3, utc_offset=480, place=place_at(latitude=1, longitude=104)),
    "eve": Attributes(employer=4, utc_offset=0, place=place_at(latitude=39, longitude=-9)),
    "fay": Attributes(employer=1, utc_offset=-240, place=place_at(latitude=-33, longitude=-71)),
    "fox": Attributes(employer=5, utc_offset=240, place=place_at(latitude=1, longitude=104)),
}


def hurry_scene(anvil: Anvil, **settings: Any) -> Scene:
    """Found the usual vault with more approvers, and delays that can be shortened."""
    usual: dict[str, Any] = {"founders": HURRY_CAST, "tiers": HURRY_TIERS}
    return usual_scene(anvil, **(usual | settings))


def changed(terms: TierTerms, **changes: Any) -> TierTerms:
    return dataclasses.replace(terms, **changes)


def segregated_tiers(first: Tier = Tier.STANDARD) -> tuple[TierTerms, ...]:
    """Return the same tiers, segregated from one of them on."""
    return tuple(
        dataclasses.replace(terms, segregated=int(tier >= first))
        for tier, terms in zip(Tier, HURRY_TIERS, strict=True)
    )


def segregated_scene(anvil: Anvil, **settings: Any) -> Scene:
    """Found a vault whose people live in several places, segregated from STANDARD on."""
    founders = [
        dataclasses.replace(actor, attributes=PLACES.get(actor.name, actor.attributes))
        for actor in HURRY_CAST
    ]
    return hurry_scene(anvil, **({"founders": founders, "tiers": segregated_tiers()} | settings))


def ready_at(scene: Scene, operation: Operation) -> int:
    return scene.lane(operation[1])[1].moment


def expedite_digest(
    scene: Scene,
    operation: Operation,
    *,
    publication: int | None = None,
    at: int | None = None,
    vault: bytes | None = None,
    chain_id: int = CHAIN_ID,
) -> bytes:
    """Return what a consent to hurry signs: over the lane's publication and present `readyAt`, or over others."""
    values = [
        scene.id_of(operation),
        scene.publication(operation) if publication is None else publication,
        ready_at(scene, operation) if at is None else at,
    ]
    # A word each, so that it can be what is no publication and no time, too.
    types = ["bytes32", "uint256", "uint256"]
    return typed_digest(vault or scene.vault, EXPEDITE, types, values, chain_id=chain_id)


def consent(scene: Scene, who: str, operation: Operation, **about: Any) -> Approval:
    """Return an actor's consent to hurry; `about` is what `expedite_digest` takes."""
    digest = expedite_digest(scene, operation, **about)
    publication = about.get("publication")
    if publication is None:
        publication = scene.publication(operation)
    return (scene.seat(who), publication, scene.actors[who].sign(digest))


def consents_of(scene: Scene, operation: Operation, *names: str) -> list[Approval]:
    digest = expedite_digest(scene, operation)
    publication = scene.publication(operation)
    return [(scene.seat(who), publication, scene.actors[who].sign(digest)) for who in names]


def signer_of(digest: bytes, approval: Approval) -> bytes:
    """Return whose signature this is where it is taken as one over the digest."""
    _, _, (r, s, v) = approval
    vrs = (v[31] - 27, int.from_bytes(r, "big"), int.from_bytes(s, "big"))
    return bytes(Signature(vrs=vrs).recover_public_key_from_msg_hash(digest).to_canonical_address())


def expedite(
    scene: Scene, operation: Operation, consents: Sequence[Approval], *, by: str | bytes = STRANGER
) -> Outcome:
    return scene.send(by, "expedite", operation, [as_words(entry) for entry in consents])


def hurried(scene: Scene, operation: Operation, *names: str) -> Outcome:
    """Return the outcome of expediting with the consents of these, which must succeed."""
    return scene.must(expedite(scene, operation, consents_of(scene, operation, *names)))


def refuses_third(scene: Scene, operation: Operation, entry: Approval, because: VaultError) -> None:
    """Refuse what stands third in a list, and take dan's good consent in its place."""
    others = consents_of(scene, operation, "bob", "cat")
    scene.refuses(because, lambda: expedite(scene, operation, [*others, entry]))
    scene.must(expedite(scene, operation, [*others, *consents_of(scene, operation, "dan")]))


def seats_of(scene: Scene, *names: str) -> int:
    """Return the seats of these as the contract writes a set."""
    return sum(1 << scene.seat(who) for who in names)
