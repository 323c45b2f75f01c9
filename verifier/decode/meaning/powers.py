"""More ways to say who decides about a contract, whom it believes, and whom it pays: a table of phrases."""

from __future__ import annotations

from typing import Final

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
_PAYEE: Final = Phrase(
    kind=Kind.PAYEE, who="account", says="Makes {account} the one whom {here} pays from then on."
)
_NAME_OWNER: Final = Phrase(
    kind=Kind.OWNER,
    who="owner",
    says="Makes {owner} the owner of a name of {here}, and of all that it points to.",
)
_BLOCKED: Final = Phrase(
    kind=Kind.ROLE_REVOKED,
    who="account",
    says="Blocks {account} at {here}: what it has there cannot be moved any more.",
)


def _believes(who: str, of_what: str) -> Phrase:
    return Phrase(
        kind=Kind.TRUSTED, who=who, says=f"Makes {{here}} believe {{{who}}} about {of_what} from then on."
    )


_OF_OAPP: Final = Phrase(
    kind=Kind.TRUSTED,
    who="library",
    of="oapp",
    says="Through {here}, makes {oapp} believe {library} about what happened on the chain number {eid}.",
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
    "grant": Phrase(
        kind=Kind.ROLE_GRANTED,
        who="who",
        of="where",
        detail="permissionId",
        says="Through {here}, gives {who} the permission {permissionId} of {where}.",
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
    **dict.fromkeys(("transferAdminship", "setProxyAdmin", "changeProxyAdmin"), _NEW_ADMIN),
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
    **dict.fromkeys(("updateImplementation", "setLogic"), _CODE),
    "setBeacon": Phrase(
        kind=Kind.CODE, who="newBeacon", says="Lets {newBeacon} say which code {here} runs from then on."
    ),
    "setAddresses": Phrase(
        kind=Kind.CODE,
        who="addresses",
        says="Makes {addresses} what {here} knows under other names from then on.",
    ),
    "setAssetSources": _believes("sources", "the prices of {assets}"),
    "setFallbackOracle": _believes("oracle", "prices, where nobody else tells one,"),
    "proposeAggregator": _believes("aggregator", "a price, once that is confirmed,"),
    "confirmAggregator": _believes("aggregator", "a price"),
    "setPriceFeed": _believes("feed", "a price"),
    "setOracle": _believes("oracle", "the price of {asset}"),
    "setPeer": _believes("peer", "what happened on the chain number {eid}"),
    "setTrustedRemote": _believes("path", "what happened on the chain number {chainId}"),
    "setTrustedRemoteAddress": _believes("remoteAddress", "what happened on the chain number {chainId}"),
    "enrollRemoteRouter": _believes("router", "what happened on the chain number {domain}"),
    "setInterchainSecurityModule": _believes("module", "which messages of other chains are true"),
    "setConfirmation": Phrase(
        kind=Kind.TRUSTED,
        detail="root",
        says="Makes {here} believe all messages under the root {root}, from the moment {confirmAt} on.",
    ),
    "addValidators": _believes("validators", "what happened on another chain"),
    "setValidator": _believes("validator", "what is true elsewhere"),
    "addValidator": _believes("validator", "what is true elsewhere"),
    "setTrustedForwarder": _believes("forwarder", "who makes a call"),
    "setBridge": _believes("bridge", "what happened on another chain"),
    "setVerifier": _believes("verifier", "what is proven"),
    "setSendLibrary": _OF_OAPP,
    "setReceiveLibrary": _OF_OAPP,
    "changeMPCOwner": _NEW_ADMIN,
    **dict.fromkeys(
        ("setVault", "changeVault"),
        Phrase(
            kind=Kind.ADMIN, who="account", says="Makes {account} the vault of {here}, to which it obeys."
        ),
    ),
    "submitNewGuardianSet": Phrase(
        kind=Kind.TRUSTED,
        detail="message",
        says="Makes {here} believe other guardians about other chains; who they are stands in a message: {message}.",
    ),
    "submitContractUpgrade": Phrase(
        kind=Kind.CODE, says="Makes {here} run other code; which stands in a message: {message}."
    ),
    "putCurEpochConPubKeyBytes": Phrase(
        kind=Kind.TRUSTED,
        detail="keys",
        says="Makes {here} believe whoever has other keys about other chains: {keys}.",
    ),
    "delegate": Phrase(
        kind=Kind.ROLE_GRANTED,
        who="delegatee",
        says="Lets {delegatee} vote with all that {caller} has at {here}.",
    ),
    "delegateAll": Phrase(
        kind=Kind.ROLE_GRANTED,
        who="to",
        unless="enable",
        says="Through {here}, lets {to} act as {caller} wherever that is looked up there.",
    ),
    "delegateTo": Phrase(
        kind=Kind.ROLE_GRANTED,
        who="operator",
        says="At {here}, hands all that {caller} has staked to {operator}, who may lose it.",
    ),
    "setDelegate": Phrase(
        kind=Kind.ADMIN,
        who="delegate",
        says="Lets {delegate} vote, or set things, in the name of {caller} at {here}.",
    ),
    **dict.fromkeys(
        (
            "setFeeRecipient",
            "setFeeTo",
            "setTreasury",
            "setRewardsRecipient",
            "setBeneficiary",
            "setWithdrawalAddress",
        ),
        _PAYEE,
    ),
    "setFeeToSetter": _ADMIN,
    "setWithdrawalCredentials": Phrase(
        kind=Kind.PAYEE,
        who="credentials",
        says="Makes {here} have what it stakes paid out by the credentials {credentials} from then on.",
    ),
    "setClaimerFor": Phrase(
        kind=Kind.PAYEE,
        who="claimer",
        says="Lets {claimer} claim at {here} what {caller} is owed, for anybody.",
    ),
    **dict.fromkeys(("setSubnodeOwner", "setSubnodeRecord", "setRecord", "reclaim"), _NAME_OWNER),
    "setResolver": _believes("resolver", "what a name stands for"),
    "setAddr": Phrase(
        kind=Kind.PAYEE,
        who="account",
        says="Makes a name of {here} stand for {account}: whoever pays to the name pays that one.",
    ),
    "setContenthash": Phrase(
        kind=Kind.TRUSTED,
        detail="content",
        says="Makes a name of {here} show the page {content}: whoever opens the name runs what is there.",
    ),
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
MEANINGS["setOwner"] = meaning_of(_NAME_OWNER)
MEANINGS["upgradeToAndCall"] = PROXY["upgradeToAndCall"]
