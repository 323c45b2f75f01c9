"""More ways to say who decides about a contract, and which code it runs: a table of phrases."""

from __future__ import annotations

from typing import Final

from verifier.decode.meaning.believed import BELIEVED, NAME_OWNER
from verifier.decode.meaning.phrases import Phrase, meaning_of
from verifier.decode.meaning.proxy import PROXY
from verifier.decode.meaning.scene import Table
from verifier.model.effect import AuthorityKind as Kind

_ROLES: Final = {
    "setStrategist": "strategist",
    "setKeeper": "keeper",
    "setManager": "manager",
    "setController": "controller",
    "setOperator": "operator",
    "addOperator": "operator",
}
_ADMIN: Final = Phrase(kind=Kind.ADMIN, who="account", says="Makes {account} one who decides about {here}.")
_NEW_ADMIN: Final = Phrase(
    kind=Kind.ADMIN, who="newAdmin", says="Makes {newAdmin} the administrator of {here}."
)
_GOVERNOR: Final = Phrase(
    kind=Kind.ADMIN, who="newGovernor", says="Makes {newGovernor} the one who governs {here}."
)
_OFFER: Final = Phrase(
    kind=Kind.PENDING_OWNER,
    who="newOwner",
    says="Offers to make {newOwner} the owner of {here}, or does it at once.",
)
_CODE: Final = Phrase(
    kind=Kind.CODE,
    who="newImplementation",
    says="Makes {here} run the code of {newImplementation} from then on.",
)
_BLOCKED: Final = Phrase(
    kind=Kind.ROLE_REVOKED,
    who="account",
    says="Blocks {account} at {here}: what it has there cannot be moved any more.",
)


_PHRASES: Final[dict[str, Phrase]] = {
    "grantRoles": Phrase(
        kind=Kind.ROLE_GRANTED, who="user", detail="roles", says="Gives {user} the roles {roles} of {here}."
    ),
    "revokeRoles": Phrase(
        kind=Kind.ROLE_REVOKED,
        who="user",
        detail="roles",
        says="Takes the roles {roles} of {here} from {user}.",
    ),
    "setUserRole": Phrase(
        kind=Kind.ROLE_GRANTED,
        who="user",
        detail="role",
        unless="enabled",
        says="Gives {user} the role {role} of {here}.",
    ),
    "setRoleCapability": Phrase(
        kind=Kind.ADMIN,
        of="target",
        detail="role",
        unless="enabled",
        says="Through {here}, lets the role {role} call {functionSig} of {target}.",
    ),
    "setPublicCapability": Phrase(
        kind=Kind.CHECK_OFF,
        of="target",
        unless="enabled",
        says="Through {here}, lets everybody call {functionSig} of {target}.",
    ),
    "grantPermission": Phrase(
        kind=Kind.ROLE_GRANTED,
        who="entity",
        of="app",
        detail="role",
        says="Through {here}, gives {entity} the role {role} of {app}.",
    ),
    "setPermissionManager": Phrase(
        kind=Kind.ADMIN,
        who="newManager",
        of="app",
        says="Through {here}, lets {newManager} give the role {role} of {app} to anybody.",
    ),
    "setApp": Phrase(kind=Kind.CODE, who="app", says="Makes {app} the code that {here} knows as {appId}."),
    **dict.fromkeys(
        ("grant", "grantWithCondition"),
        Phrase(
            kind=Kind.ROLE_GRANTED,
            who="who",
            of="where",
            detail="permissionId",
            says="Through {here}, gives {who} the permission {permissionId} of {where}.",
        ),
    ),
    **{
        name: Phrase(
            kind=Kind.ROLE_GRANTED,
            who="account",
            says=f"Makes {{account}} the {role} of {{here}}, or one of them.",
        )
        for name, role in _ROLES.items()
    },
    **dict.fromkeys(("addAdmin", "grantAdmin", "setAuthorized", "setUpgrader"), _ADMIN),
    "setGov": Phrase(
        kind=Kind.ADMIN, who="newGovernance", says="Makes {newGovernance} the one who governs {here}."
    ),
    **dict.fromkeys(("changeGovernor", "transferGovernorship"), _GOVERNOR),
    **dict.fromkeys(
        ("transferAdminship", "setProxyAdmin", "changeProxyAdmin", "proxy__changeAdmin"), _NEW_ADMIN
    ),
    **dict.fromkeys(("proposeOwner", "setNewOwner"), _OFFER),
    **dict.fromkeys(
        ("initialize", "init"),
        Phrase(
            kind=Kind.ADMIN,
            who="account",
            says="Sets {here} up, if nobody did so before, as a rule with {account} as the one who decides about it.",
        ),
    ),
    "configureController": Phrase(
        kind=Kind.ROLE_GRANTED,
        who="controller",
        says="Lets {controller} say how much {worker} may make of {here} out of nothing.",
    ),
    **dict.fromkeys(("updateImplementation", "setLogic", "proxy__upgradeTo"), _CODE),
    "setBeacon": Phrase(
        kind=Kind.CODE, who="newBeacon", says="Lets {newBeacon} say which code {here} runs from then on."
    ),
    "setAddresses": Phrase(
        kind=Kind.CODE,
        who="addresses",
        says="Makes {addresses} what {here} knows under other names from then on.",
    ),
    **BELIEVED,
    "changeMPCOwner": _NEW_ADMIN,
    "setFeeToSetter": _ADMIN,
    **dict.fromkeys(("addBlackList", "blacklist"), _BLOCKED),
    "destroyBlackFunds": Phrase(
        kind=Kind.ROLE_REVOKED, who="account", says="Destroys all tokens of {here} that {account} has."
    ),
    "deprecate": _CODE,
    "replaceOwner": Phrase(
        kind=Kind.SIGNER_ADDED,
        who="newOwner",
        says="Makes {newOwner} sign for {here}, in the place of {owner}.",
    ),
    "removeOwner": Phrase(
        kind=Kind.SIGNER_REMOVED, who="owner", says="Takes {owner} from those who sign for {here}."
    ),
    "changeRequirement": Phrase(
        kind=Kind.THRESHOLD,
        detail="required",
        says="Asks for {required} of the owners of {here} from then on.",
    ),
    "addOwnerAddress": Phrase(
        kind=Kind.SIGNER_ADDED, who="owner", says="Lets {owner} sign alone for the account {here}."
    ),
    "addOwnerPublicKey": Phrase(
        kind=Kind.SIGNER_ADDED,
        detail="x",
        says="Lets whoever has the key ({x}, {y}) sign alone for {here}.",
    ),
    "setAvatar": Phrase(
        kind=Kind.MODULE, who="avatar", says="Makes {here} act in the name of {avatar} from then on."
    ),
    "setTxCooldown": Phrase(
        kind=Kind.DELAY, detail="cooldown", says="Makes {here} wait {cooldown} seconds from then on."
    ),
    "assignRoles": Phrase(
        kind=Kind.ROLE_GRANTED,
        who="module",
        says="Sets which roles {module} has at {here}, by which it acts for a Safe without any of its signers.",
    ),
    "addDelegate": Phrase(
        kind=Kind.ROLE_GRANTED,
        who="delegate",
        says="Lets {delegate} spend allowances of {caller} through {here}.",
    ),
    "setDomainVerifier": Phrase(
        kind=Kind.MODULE,
        who="verifier",
        says="Through {here}, lets {verifier} say which signatures of {caller} are good in {domainSeparator}.",
    ),
    "registerAllowedOrderSigner": Phrase(
        kind=Kind.SIGNER_ADDED,
        who="signer",
        unless="allowed",
        says="Lets {signer} sign orders at {here} in the name of {caller}.",
    ),
}
"""By name; functions of one name have the same arguments that these words use."""

MEANINGS: Final[Table] = {name: meaning_of(phrase) for name, phrase in _PHRASES.items()}
MEANINGS["setOwner"] = meaning_of(NAME_OWNER)
MEANINGS["upgradeToAndCall"] = MEANINGS["proxy__upgradeToAndCall"] = PROXY["upgradeToAndCall"]
