"""Roles of OpenZeppelin's AccessControl and AccessManager."""

from __future__ import annotations

from typing import Final

from eth_hash.auto import keccak

from verifier.decode.meaning.scene import Meant, Scene, Table, inner_call, listed
from verifier.model.address import Address
from verifier.model.effect import Authority, AuthorityKind, Delegation
from verifier.model.text import show_bytes, show_duration, show_moment

_ROLES: Final = {
    keccak(name.encode("ascii")): name
    for name in (
        "ADMIN_ROLE", "BURNER_ROLE", "CANCELLER_ROLE", "EXECUTOR_ROLE", "GOVERNOR_ROLE", "GUARDIAN_ROLE", "KEEPER_ROLE",
        "MANAGER_ROLE", "MINTER_ROLE", "OPERATOR_ROLE", "ORACLE_ROLE", "OWNER_ROLE", "PAUSER_ROLE", "PROPOSER_ROLE",
        "TIMELOCK_ADMIN_ROLE", "TRANSFER_ROLE", "UPGRADER_ROLE", "POOL_ADMIN", "EMERGENCY_ADMIN", "RISK_ADMIN",
        "ASSET_LISTING_ADMIN", "FLASH_BORROWER", "BRIDGE",
    )
}  # fmt: skip
"""What is hashed to roles, by habit."""

_STOPPERS: Final = frozenset(keccak(name) for name in (b"CANCELLER_ROLE", b"PAUSER_ROLE"))
"""Roles that can stop things, and no more."""


_EVERYBODY: Final = (1 << 64) - 1
"""The role of an AccessManager that everybody has."""


def show_role(role: int | bytes) -> str:
    """Return a role as its number, or by the name whose hash it is."""
    if isinstance(role, int):
        return f"role {role}" + {0: " (the admin's)", _EVERYBODY: " (everybody's)"}.get(role, "")
    if not any(role):
        return "the role that gives all others (DEFAULT_ADMIN_ROLE)"
    name = _ROLES.get(role)
    return f"the role {name}" if name else f"the role {show_bytes(role)}"


def _role(scene: Scene) -> int | bytes:
    a = scene.arguments
    role: int | bytes = a["role"] if "role" in a else a["roleId"]
    return role


def _authority(
    scene: Scene,
    kind: AuthorityKind,
    account: Address | None = None,
    detail: int | bytes | None = None,
    target: Address | None = None,
) -> tuple[Authority, ...]:
    effect = Authority(
        target=scene.target if target is None else target,
        kind=kind,
        account=account,
        detail=detail,
        where=scene.arguments.where(),
    )
    return (effect,)


def _grant(scene: Scene) -> Meant:
    a, role = scene.arguments, _role(scene)
    said = f"Gives {show_role(role)} of {scene.here} to {scene.names.name(a['account'])}"
    if "executionDelay" in a:
        said += f", to be used after {show_duration(a['executionDelay'])} of waiting"
    kind = AuthorityKind.STOPPER if role in _STOPPERS else AuthorityKind.ROLE_GRANTED
    return Meant(said=f"{said}.", effects=_authority(scene, kind, a["account"], role))


def _revoke(scene: Scene) -> Meant:
    account, role = scene.arguments["account"], _role(scene)
    said = f"Takes {show_role(role)} of {scene.here} from {scene.names.name(account)}."
    return Meant(said=said, effects=_authority(scene, AuthorityKind.ROLE_REVOKED, account, role))


def _set_role_admin(scene: Scene) -> Meant:
    a, role = scene.arguments, _role(scene)
    said = (
        f"Lets holders of {show_role(a['adminRole'] if 'adminRole' in a else a['admin'])} give {show_role(role)} of "
        f"{scene.here}."
    )
    return Meant(said=said, effects=_authority(scene, AuthorityKind.ADMIN, None, role))


def _begin_transfer(scene: Scene) -> Meant:
    account = scene.arguments["newAdmin"]
    said = f"Offers the role that gives all others at {scene.here} to {scene.names.name(account)}."
    return Meant(said=said, effects=_authority(scene, AuthorityKind.PENDING_OWNER, account))


def _accept_transfer(scene: Scene) -> Meant:
    said = f"Accepts{scene.of_caller} the role that gives all others at {scene.here}."
    return Meant(said=said, effects=_authority(scene, AuthorityKind.OWNER, scene.caller))


def _delay(scene: Scene) -> Meant:
    a = scene.arguments
    delay = a["newDelay"]
    which = "handing on the first role"
    if "roleId" in a:
        which = f"giving {show_role(a['roleId'])}"
    target = a.get("target", scene.target)
    if "target" in a:
        which = f"changing who may call {scene.names.name(target)}"
    said = f"Makes {scene.here} wait {show_duration(delay)} before {which}."
    return Meant(said=said, effects=_authority(scene, AuthorityKind.DELAY, None, delay, target))


ACCESS_CONTROL: Final[Table] = {
    "grantRole": _grant,
    "revokeRole": _revoke,
    "renounceRole": _revoke,
    "setRoleAdmin": _set_role_admin,
    "beginDefaultAdminTransfer": _begin_transfer,
    "acceptDefaultAdminTransfer": _accept_transfer,
    "cancelDefaultAdminTransfer": lambda scene: Meant(
        said=f"Takes back the offer of the role that gives all others at {scene.here}."
    ),
    "changeDefaultAdminDelay": _delay,
    "rollbackDefaultAdminDelay": lambda scene: Meant(
        said=f"Takes back a change of the delay before the first role of {scene.here} is handed on."
    ),
}


def _set_role_guardian(scene: Scene) -> Meant:
    a = scene.arguments
    said = f"Lets holders of {show_role(a['guardian'])} cancel what {show_role(a['roleId'])} of {scene.here} does."
    return Meant(said=said, effects=_authority(scene, AuthorityKind.GUARD, None, a["roleId"]))


def _set_function_role(scene: Scene) -> Meant:
    a, names = scene.arguments, scene.names
    which = listed(a["selectors"], show_bytes) or "nothing"
    said = f"Through {scene.here}, lets holders of {show_role(a['roleId'])} call {which} of {names.name(a['target'])}."
    kind = AuthorityKind.CHECK_OFF if a["roleId"] == _EVERYBODY else AuthorityKind.ADMIN
    return Meant(said=said, effects=_authority(scene, kind, None, a["roleId"], a["target"]))


def _set_closed(scene: Scene) -> Meant:
    a, names = scene.arguments, scene.names
    does = "closes" if a["closed"] else "opens"
    said = f"Through {scene.here}, {does} {names.name(a['target'])} for everyone with a role."
    kind = AuthorityKind.SETTING if a["closed"] else AuthorityKind.CHECK_OFF
    return Meant(said=said, effects=_authority(scene, kind, None, a["closed"], a["target"]))


def _schedule(scene: Scene) -> Meant:
    a = scene.arguments
    said = f"Has {scene.here} wait until {show_moment(a['when'])} at least, before the call may be made through it."
    return Meant(said=said, inner=(inner_call(scene.target, a["target"], a.part("data")),))


def _execute(scene: Scene) -> Meant:
    """Return a call through a manager. A DSProxy has the same function, and runs the target's code as its own."""
    a = scene.arguments
    said = (
        f"Through {scene.here}, calls {scene.names.name(a['target'])}; if it is a DSProxy, that code runs as its own "
        "and can do anything that it can."
    )
    return Meant(
        said=said,
        effects=(Delegation(account=scene.target, code=a["target"]),),
        inner=(inner_call(scene.target, a["target"], a.part("data")),),
        readings=("execute(address,bytes) of an AccessManager", "execute(address,bytes) of a DSProxy"),
    )


def _update_authority(scene: Scene) -> Meant:
    a, names = scene.arguments, scene.names
    said = f"Through {scene.here}, lets {names.name(a['newAuthority'])} decide who may call {names.name(a['target'])}."
    effects = _authority(scene, AuthorityKind.ADMIN, a["newAuthority"], None, a["target"])
    return Meant(said=said, effects=effects)


ACCESS_MANAGER: Final[Table] = {
    "grantRole": _grant,
    "revokeRole": _revoke,
    "renounceRole": _revoke,
    "labelRole": lambda scene: Meant(said=f"Gives {show_role(_role(scene))} of {scene.here} a name."),
    "setRoleAdmin": _set_role_admin,
    "setRoleGuardian": _set_role_guardian,
    "setGrantDelay": _delay,
    "setTargetFunctionRole": _set_function_role,
    "setTargetAdminDelay": _delay,
    "setTargetClosed": _set_closed,
    "schedule": _schedule,
    "execute": _execute,
    "cancel": lambda scene: Meant(
        said=f"Cancels a call to {scene.names.name(scene.arguments['target'])} that waits at {scene.here}."
    ),
    "updateAuthority": _update_authority,
}
