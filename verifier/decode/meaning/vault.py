"""The vault itself, its companions, and other vaults of this kind: what they change, and the calls inside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from verifier.decode import companions, own
from verifier.decode.meaning.scene import Inner, Meant, Scene, Table, counted, inner_call
from verifier.decode.signatures import Function, interface
from verifier.model.address import Address
from verifier.model.effect import Authority, AuthorityKind

Kinds = tuple[tuple[AuthorityKind, str, str], ...]
"""Kind, argument that holds the account, argument that holds the detail; empty where there is none."""

_VAULT: Final[Mapping[str, Kinds]] = {
    "addMember": ((AuthorityKind.SIGNER_ADDED, "member", "roles"),),
    "addGroup": ((AuthorityKind.SIGNER_ADDED, "group", "roles"),),
    "setHolders": ((AuthorityKind.SIGNER_ADDED, "group", ""),),
    "removeMember": ((AuthorityKind.SIGNER_REMOVED, "member", ""),),
    "replaceMember": (
        (AuthorityKind.SIGNER_REMOVED, "member", ""),
        (AuthorityKind.SIGNER_ADDED, "successor", "person"),
    ),
    "reinstateMember": ((AuthorityKind.SIGNER_ADDED, "member", ""),),
    "confirmSuspension": ((AuthorityKind.SIGNER_REMOVED, "member", ""),),
    "setRoles": ((AuthorityKind.ROLE_GRANTED, "member", "roles"),),
    "setAttributes": ((AuthorityKind.SETTING, "member", "attributes"),),
    "setTiers": ((AuthorityKind.THRESHOLD, "", "supermajority"), (AuthorityKind.DELAY, "", "")),
    "setAsset": ((AuthorityKind.SETTING, "asset", "terms"),),
    "setCounterparty": ((AuthorityKind.SETTING, "account", "uses"),),
    "setRule": ((AuthorityKind.SETTING, "target", "rule"),),
    "setRegistry": ((AuthorityKind.SETTING, "registry", ""),),
}

_COMPANIONS: Final[Mapping[tuple[str, str], Kinds]] = {
    ("duty_registry", "grant"): ((AuthorityKind.ROLE_GRANTED, "", "duty"),),
    ("duty_registry", "revoke"): ((AuthorityKind.ROLE_REVOKED, "", "duty"),),
    ("duty_registry", "setConflicts"): ((AuthorityKind.SETTING, "", "mask"),),
    ("bypass_ledger", "setTerms"): ((AuthorityKind.SETTING, "", "limit"),),
    ("strategy_limits", "setTerms"): ((AuthorityKind.SETTING, "", "strategy"),),
    ("strategy_limits", "setVenue"): ((AuthorityKind.SETTING, "", "venue"),),
    ("strategy_limits", "setGuard"): ((AuthorityKind.GUARD, "guard", "isAppointed"),),
    ("strategy_limits", "resume"): ((AuthorityKind.SETTING, "", "strategy"),),
    ("strategy_limits", "suspend"): ((AuthorityKind.SETTING, "", "strategy"),),
    ("strategy_limits", "tighten"): ((AuthorityKind.SETTING, "", "strategy"),),
    ("strategy_limits", "dropVenue"): ((AuthorityKind.SETTING, "", "venue"),),
}


def mean_own(scene: Scene, function: Function) -> Meant:
    """Return what a call of the vault by itself does, or of a companion of its release."""
    arguments: dict[str, Any] = {part.name: part.value for part in scene.arguments}
    if scene.target == scene.names.vault:
        said, where = own.say(function.name, arguments, scene.names), "the vault itself"
        kinds = _VAULT.get(function.name, ())
    else:
        companion = companions.abi_name_of(scene.target, scene.names)
        said, where = companions.say(companion, function.name, arguments, scene.names), scene.here
        kinds = _COMPANIONS.get((companion, function.name), ())
    said = said or f"Calls {function.signature} of {where}, which no operation has a use for."
    return Meant(said=said, effects=_effects(scene, kinds))


def _effects(scene: Scene, kinds: Kinds) -> tuple[Authority, ...]:
    a = scene.arguments
    return tuple(
        Authority(
            target=scene.target,
            kind=kind,
            account=a[account] if account else None,
            detail=a[detail] if detail else None,
            where=a.where(),
        )
        for kind, account, detail in kinds
    )


def _operation(does: str) -> Callable[[Scene], Meant]:
    """Return the meaning of a function that takes a whole operation of another vault."""

    def meaning(scene: Scene) -> Meant:
        operation = scene.arguments.struct("operation")
        inner = tuple(
            _inner(scene, call["target"], call.part("data"), call["value"])
            for call in operation.structs("calls")
        )
        said = (
            f"{does} at {scene.here}, if that is a vault of this kind, an operation of "
            f"{counted(len(inner), 'call')} in its name (lane {operation['lane']}, sequence "
            f"{operation['sequence']})."
        )
        return Meant(said=said, inner=inner)

    return meaning


def _inner(scene: Scene, target: Address, data: Any, value: int) -> Inner:
    return inner_call(scene.target, target, data, value=value)


def _elsewhere(function: Function) -> Callable[[Scene], Meant]:
    """Return the meaning of a vault's function at another vault."""

    def meaning(scene: Scene) -> Meant:
        said = f"Calls {function.signature} of {scene.here}, if that is a vault of this kind."
        return Meant(said=said, effects=_effects(scene, _VAULT.get(function.name, ())))

    return meaning


_OPERATIONS: Final[Table] = {
    "propose": _operation("Publishes"),
    "approve": _operation("Brings approvals of"),
    "withdraw": _operation("Takes back an approval of"),
    "object": _operation("Objects to"),
    "execute": _operation("Executes"),
    "expedite": _operation("Hurries"),
    "vetoAsGroup": _operation("Stops"),
    "withdrawAsGroup": _operation("Takes back a group's approval of"),
}

ANOTHER_VAULT: Final[Table] = {
    function.name: _OPERATIONS.get(function.name, _elsewhere(function))
    for function in interface("vault").functions
    if not function.outputs.members or function.name == "propose"
}
"""What a vault's functions do at an address that is not this vault; what only answers is not among them."""
