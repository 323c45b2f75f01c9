"""Who decides about a contract, under the many names that this has: a table of what each is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from verifier.decode.meaning.scene import Meant, Scene, Table
from verifier.model.address import NOBODY, Address
from verifier.model.effect import Authority, AuthorityKind, Effect, Move
from verifier.model.quotes import quoted
from verifier.model.text import sanitise
from verifier.model.units import Amount

Say = Callable[[Scene], Meant]


def _effect(
    scene: Scene, kind: AuthorityKind, account: Address | None, detail: int | None = None
) -> Authority:
    return Authority(
        target=scene.target, kind=kind, account=account, detail=detail, where=scene.arguments.where()
    )


def _given(kind: AuthorityKind, phrase: str) -> Say:
    """Return the meaning of a function whose one argument is an account; `{}` in the phrase is that one."""

    def meaning(scene: Scene) -> Meant:
        (account,) = (part.value for part in scene.arguments if isinstance(part.value, Address))
        said = phrase.format(scene.names.name(account), here=scene.here)
        if account == NOBODY:
            said += " That is nobody, for ever."
        return Meant(said=said, effects=(_effect(scene, kind, account),))

    return meaning


def _taken(kind: AuthorityKind, phrase: str) -> Say:
    """Return the meaning of a function by which the caller takes something over."""

    def meaning(scene: Scene) -> Meant:
        said = phrase.format(scene.names.name(scene.caller), here=scene.here)
        return Meant(said=said, effects=(_effect(scene, kind, scene.caller),))

    return meaning


def _bare(kind: AuthorityKind, phrase: str) -> Say:
    return lambda scene: Meant(said=phrase.format(here=scene.here), effects=(_effect(scene, kind, None),))


_OWNER = _given(AuthorityKind.OWNER, "Makes {} the owner of {here}.")
_OFFER = _given(AuthorityKind.PENDING_OWNER, "Offers to make {} the owner of {here}.")
_ADMIN = _given(AuthorityKind.ADMIN, "Makes {} the administrator of {here}.")
_OFFER_ADMIN = _given(AuthorityKind.PENDING_OWNER, "Offers to make {} the administrator of {here}.")
_ACCEPT = _taken(AuthorityKind.OWNER, "Makes {} the owner of {here}, as was offered.")
_ACCEPT_ADMIN = _taken(AuthorityKind.ADMIN, "Makes {} the administrator of {here}, as was offered.")
_CODE = _given(AuthorityKind.CODE, "Makes {here} run the code of {} from then on.")
_ORACLE = _given(AuthorityKind.TRUSTED, "Makes {here} believe the prices of {} from then on.")


def _part_code(part: str) -> Say:
    return _given(AuthorityKind.CODE, f"Makes the {part} of {{here}} run the code of {{}} from then on.")


def _may(what: str, kind: AuthorityKind = AuthorityKind.ROLE_GRANTED) -> Say:
    return _given(kind, f"Lets {{}} {what}.")


_ADD_SIGNER = _given(AuthorityKind.SIGNER_ADDED, "Adds {} to those who sign for {here}.")
_REMOVE_SIGNER = _given(AuthorityKind.SIGNER_REMOVED, "Takes {} from those who sign for {here}.")


def _transfer_with_options(scene: Scene) -> Meant:
    a = scene.arguments
    kind = AuthorityKind.OWNER if a["direct"] else AuthorityKind.PENDING_OWNER
    says = "Makes" if a["direct"] else "Offers to make"
    said = f"{says} {scene.names.name(a['newOwner'])} the owner of {scene.here}."
    return Meant(said=said, effects=(_effect(scene, kind, a["newOwner"]),))


def _set_address(scene: Scene) -> Meant:
    a = scene.arguments
    account = a.get("newImplementation", a.get("newAddress"))
    name = quoted(sanitise(a["id"].rstrip(b"\0"), most=64))
    said = f"Makes {scene.names.name(account)} what {scene.here} knows as {name}."
    effect = Authority(
        target=scene.target, kind=AuthorityKind.CODE, account=account, detail=a["id"], where=a.where()
    )
    return Meant(said=said, effects=(effect,))


def _configure_minter(scene: Scene) -> Meant:
    a = scene.arguments
    amount = a["minterAllowedAmount"]
    said = f"Lets {scene.names.name(a['minter'])} make {scene.names.amount(scene.target, amount)} out of nothing."
    granted = _effect(scene, AuthorityKind.ROLE_GRANTED, a["minter"], amount)
    effects: tuple[Effect, ...] = (granted,)
    if amount:
        made = Move(
            token=scene.target, sender=NOBODY, recipient=a["minter"], amount=Amount(amount), where=a.where()
        )
        effects = (granted, made)
    return Meant(said=said, effects=effects)


def _set_paused(scene: Scene) -> Meant:
    paused = scene.arguments["paused"]
    said = f"{'Stops' if paused else 'Starts'} {scene.here}."
    return Meant(said=said, effects=(_effect(scene, AuthorityKind.SETTING, None, int(paused)),))


MEANINGS: Final[Table] = {
    "transferOwnership": lambda scene: (
        _transfer_with_options(scene) if "direct" in scene.arguments else _OWNER(scene)
    ),
    "acceptOwnership": _ACCEPT,
    "claimOwnership": _ACCEPT,
    "accept_transfer_ownership": _ACCEPT,
    "apply_transfer_ownership": _bare(
        AuthorityKind.OWNER, "Makes the one to whom it was offered the owner of {here}."
    ),
    "renounceOwnership": _bare(AuthorityKind.OWNER, "Leaves {here} without an owner for ever."),
    "cancelOwnershipTransfer": lambda scene: Meant(
        said=f"Takes back the offer to make somebody else the owner of {scene.here}."
    ),
    "completeOwnershipHandover": _OWNER,
    "setOwner": _OWNER,
    "changeOwner": _OWNER,
    "setPendingOwner": _OFFER,
    "nominateNewOwner": _OFFER,
    "commit_transfer_ownership": _OFFER,
    "setAdmin": _ADMIN,
    "transferAdmin": _ADMIN,
    "_setAdmin": _ADMIN,
    "setACLAdmin": _ADMIN,
    "setACLManager": _ADMIN,
    "setPoolAdmin": _ADMIN,
    "setGovernance": _ADMIN,
    "setGovernor": _ADMIN,
    "transferGovernance": _ADMIN,
    "setAuthority": _given(AuthorityKind.ADMIN, "Lets {} decide who may call {here}."),
    "setPendingAdmin": _OFFER_ADMIN,
    "_setPendingAdmin": _OFFER_ADMIN,
    "setPendingGovernance": _OFFER_ADMIN,
    "acceptAdmin": _ACCEPT_ADMIN,
    "_acceptAdmin": _ACCEPT_ADMIN,
    "acceptGovernance": _ACCEPT_ADMIN,
    "rely": _given(AuthorityKind.ADMIN, "Lets {} do anything with {here}."),
    "deny": _given(AuthorityKind.ROLE_REVOKED, "Takes from {} that it may do anything with {here}."),
    "setMinter": _may("make tokens of {here} out of nothing"),
    "addMinter": _may("make tokens of {here} out of nothing"),
    "removeMinter": _given(AuthorityKind.ROLE_REVOKED, "Takes from {} that it may make tokens of {here}."),
    "configureMinter": _configure_minter,
    "updateMasterMinter": _may("say who makes tokens of {here}"),
    "setGuardian": _may("act as guardian of {here}"),
    "setPauser": _may("stop {here}", AuthorityKind.STOPPER),
    "updatePauser": _may("stop {here}", AuthorityKind.STOPPER),
    "setEmergencyAdmin": _may("act at {here} in emergencies"),
    "updateBlacklister": _may("block accounts at {here}", AuthorityKind.STOPPER),
    "updateRescuer": _may("take stray tokens out of {here}"),
    "addOwner": _ADD_SIGNER,
    "addSigner": _ADD_SIGNER,
    "setSigner": _given(AuthorityKind.SIGNER_ADDED, "Makes {} the one who signs for {here}."),
    "removeSigner": _REMOVE_SIGNER,
    "setImplementation": _CODE,
    "setTarget": _CODE,
    "_setImplementation": _CODE,
    "_setPendingImplementation": _given(
        AuthorityKind.CODE, "Offers that {here} runs the code of {} from then on."
    ),
    "_acceptImplementation": _taken(
        AuthorityKind.CODE, "Makes {here} run the code of {} from then on, as was offered."
    ),
    "_become": lambda scene: Meant(
        said=f"Makes {scene.names.name(scene.arguments['unitroller'])} run the code of {scene.here} from then on.",
        effects=(
            Authority(
                target=scene.arguments["unitroller"],
                kind=AuthorityKind.CODE,
                account=scene.target,
                where=scene.arguments.where(),
            ),
        ),
    ),
    "setAddress": _set_address,
    "setAddressAsProxy": _set_address,
    "setPoolImpl": _part_code("pool"),
    "setPoolConfiguratorImpl": _part_code("pool's configurator"),
    "setLendingPoolImpl": _part_code("lending pool"),
    "setLendingPoolConfiguratorImpl": _part_code("lending pool's configurator"),
    "setPriceOracle": _ORACLE,
    "_setPriceOracle": _ORACLE,
    "setOracle": _ORACLE,
    "pause": _bare(AuthorityKind.SETTING, "Stops {here}."),
    "unpause": _bare(AuthorityKind.SETTING, "Starts {here} again."),
    "setPaused": _set_paused,
}
