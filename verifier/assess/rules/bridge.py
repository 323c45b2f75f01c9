"""What comes out of a bridge on the other chain, and who alone can have it come out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from verifier.assess.case import Case, Site
from verifier.assess.rules.rule import FindingRule, Remark
from verifier.model.address import Address
from verifier.model.call import Argument
from verifier.model.effect import Move
from verifier.model.finding import Severity
from verifier.model.text import show_bytes

_TOKENS: Final = frozenset({"outputToken", "remoteToken"})
"""Arguments of bridges that say which token comes out, as their functions' data file names them."""
_DELIVERERS: Final = frozenset({"destinationCaller"})
_PADDING: Final = bytes(12)
_BRIDGES: Final = (
    "depositForBurn", "transferTokens", "wrapAndTransferETH(", "send((uint32,", "sendFrom(", "transfer(uint256,uint16,",
    "swap(uint16,", "transferRemote(", "depositV3(", "deposit(bytes32,", "bridgeERC20To(", "depositERC20To(",
    "bridgeETHTo(", "depositETHTo(", "withdrawTo(address,address,uint256,uint32,", "outboundTransfer",
    "depositFor(address,address,bytes)", "depositEtherFor(", "bridgeAsset(", "relayTokens(", "ccipSend(",
)  # fmt: skip
"""What functions begin with that pay an account of another chain."""


def _token(case: Case) -> Iterator[Remark]:
    for site, argument, shown in _strangers(case, _TOKENS):
        said = (
            f"{site.name}: what comes out on the other chain is {shown}, and you have no label for that token. Anybody "
            "can make a token there: who brings a worthless one gets what is paid here. Compare the whole address with "
            "the one that the bridge, or the token's maker, publishes for that chain."
        )
        yield Remark(said=said, evidence=case.evidence, site=site, where=argument.where)


def _deliverer(case: Case) -> Iterator[Remark]:
    for site, argument, shown in _strangers(case, _DELIVERERS):
        said = (
            f"{site.name}: only {shown} can have it come out on the other chain, and you have no label for that "
            "account. It is gone here at once, and whoever that is can keep it from coming out until it is paid for. "
            "Ask for it to be sent so that anybody may deliver it."
        )
        yield Remark(said=said, evidence=case.evidence, site=site, where=argument.where)


def _own_address(case: Case) -> Iterator[Remark]:
    for site in case.sites():
        if not site.call.function.startswith(_BRIDGES):
            continue
        for effect in site.call.effects:
            if isinstance(effect, Move) and effect.recipient == case.vault and effect.amount != 0:
                said = (
                    f"{site.name}: it goes to the address that this vault has here, on another chain. A contract is "
                    "not at its address on every chain: where it is not, nobody can move what arrives, or whoever gets "
                    "to put a contract there first. Make sure that this vault is there before anything is sent."
                )
                yield Remark(said=said, evidence=case.evidence, site=site, where=effect.where)
                break


def _strangers(case: Case, names: frozenset[str]) -> Iterator[tuple[Site, Argument, str]]:
    """Yield the accounts of another chain that arguments of some names hold, and that nobody knows."""
    for site in case.sites():
        for argument in site.call.arguments:
            value = argument.value
            if argument.name not in names or not isinstance(value, bytes) or not any(value):
                continue
            account = _account(value)
            if account is None or (account not in case.labels and account != case.vault):
                yield site, argument, show_bytes(value, most=32) if account is None else str(account)


def _account(value: bytes) -> Address | None:
    if len(value) == 20:
        return Address(value)
    return Address(value[12:]) if value.startswith(_PADDING) else None


RULES = (
    FindingRule(
        id="bridge-token-unknown",
        severity=Severity.WARNING,
        rests_on="the call's bytes, and your own labels",
        meaning="A bridge is told which token comes out on the other chain, and you have no label for that address "
        "there. A thief makes a token on that chain: the vault is paid in it, and the thief gets what the vault paid "
        "here. Compare the whole address with the one that is published for that chain; label it then.",
        judge=_token,
    ),
    FindingRule(
        id="bridge-delivery",
        severity=Severity.WARNING,
        rests_on="the call's bytes, and your own labels",
        meaning="What a bridge takes here comes out on the other chain only if one account says so, and you have no "
        "label for that account. It can hold all of it back, and ask to be paid. Ask for it to be sent so that anybody "
        "may deliver it.",
        judge=_deliverer,
    ),
    FindingRule(
        id="bridge-own-address",
        severity=Severity.NOTICE,
        rests_on="the call's bytes",
        meaning="A bridge pays this vault's address on another chain. A contract is not at its address on every chain: "
        "where it is not, nobody can move what arrives, or whoever gets to put a contract there first. Much was lost "
        "in this way. Look at that address on that chain before anything is sent.",
        judge=_own_address,
    ),
)
