"""Whom a contract believes, whom it pays, and what a name stands for: phrases of `powers`."""

from __future__ import annotations

from typing import Final

from verifier.decode.meaning.phrases import Phrase
from verifier.model.effect import AuthorityKind as Kind

_PAYEE: Final = Phrase(
    kind=Kind.PAYEE, who="account", says="Makes {account} the one whom {here} pays from then on."
)
NAME_OWNER: Final = Phrase(
    kind=Kind.OWNER,
    who="owner",
    says="Makes {owner} the owner of a name of {here}, and of all that it points to.",
)
_OF_OAPP: Final = Phrase(
    kind=Kind.TRUSTED,
    who="library",
    of="oapp",
    says="Through {here}, makes {oapp} believe {library} about what happened on the chain number {eid}.",
)


def _believes(who: str, of_what: str) -> Phrase:
    return Phrase(
        kind=Kind.TRUSTED, who=who, says=f"Makes {{here}} believe {{{who}}} about {of_what} from then on."
    )


BELIEVED: Final[dict[str, Phrase]] = {
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
    "setConfig": Phrase(
        kind=Kind.TRUSTED,
        of="oapp",
        says="Through {here}, changes who, and how many, confirm to {oapp} what happened on other chains.",
    ),
    "setTransceiver": _believes("transceiver", "what happened on other chains"),
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
    **dict.fromkeys(("setSubnodeOwner", "setSubnodeRecord", "setRecord", "reclaim"), NAME_OWNER),
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
}
