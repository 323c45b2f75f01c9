"""Whoever may act for somebody in all that a contract keeps, and what is moved and allowed by such contracts."""

from __future__ import annotations

from typing import Final

from verifier.decode.meaning.phrases import operator
from verifier.decode.meaning.scene import Meant, Scene, Table, listed
from verifier.decode.tokens import limit_of
from verifier.model.address import Address
from verifier.model.effect import Allowance, Move
from verifier.model.units import Amount

_ALL: Final = "do anything with what {here} keeps for {caller}, at any time and without another operation."


def _set_operators(scene: Scene) -> Meant:
    args = list(scene.arguments.structs("args"))
    effects = tuple(
        Allowance(
            token=scene.target,
            owner=scene.caller,
            spender=a["operator"],
            amount=None if a["trusted"] else Amount(0),
            where=a.where(),
        )
        for a in args
    )
    names = scene.names
    given = listed([a["operator"] for a in args if a["trusted"]], names.name) or "nobody"
    taken = listed([a["operator"] for a in args if not a["trusted"]], names.name) or "nobody"
    said = f"Lets {given} do anything with what {scene.here} keeps for {names.name(scene.caller)}, and {taken} no more."
    return Meant(said=said, effects=effects)


def _revoke(scene: Scene) -> Meant:
    (spender,) = (part.value for part in scene.arguments)
    assert isinstance(spender, Address)  # noqa: S101 - both functions take one account
    said = f"Takes back that {scene.names.name(spender)} may act at {scene.here} for {scene.names.name(scene.caller)}."
    effect = Allowance(
        token=scene.target,
        owner=scene.caller,
        spender=spender,
        amount=Amount(0),
        where=scene.arguments.where(),
    )
    return Meant(said=said, effects=(effect,))


def _approve(scene: Scene) -> Meant:
    a, names = scene.arguments, scene.names
    amount = limit_of(a["amount"])
    shown = "without limit" if amount is None else f"up to {amount} units"
    said = f"Allows {names.name(a['spender'])} to move {shown} of number {a['id']} of {scene.here}{scene.of_caller}."
    effect = Allowance(
        token=scene.target,
        owner=scene.caller,
        spender=a["spender"],
        amount=amount,
        token_id=a["id"],
        where=a.where(),
    )
    return Meant(said=said, effects=(effect,))


def _transfer(scene: Scene) -> Meant:
    a, names = scene.arguments, scene.names
    sender: Address = a.get("sender", scene.caller)
    said = (
        f"Moves {a['amount']} units of number {a['id']} of {scene.here} from {names.name(sender)} to "
        f"{names.name(a['receiver'])}."
    )
    move = Move(
        token=scene.target,
        sender=sender,
        recipient=a["receiver"],
        amount=Amount(a["amount"]),
        token_id=a["id"],
        where=a.where(),
    )
    return Meant(said=said, effects=(move,))


def _send(scene: Scene) -> Meant:
    a, names = scene.arguments, scene.names
    sender: Address = a.get("sender", scene.caller)
    said = (
        f"Sends {names.amount(scene.target, a['amount'])} of {names.name(sender)} to {names.name(a['recipient'])}, "
        f"if {scene.here} is a token; the recipient's code is called with it."
    )
    move = Move(
        token=scene.target,
        sender=sender,
        recipient=a["recipient"],
        amount=Amount(a["amount"]),
        where=a.where(),
    )
    return Meant(said=said, effects=(move,))


def _set_allowance(scene: Scene) -> Meant:
    a, names = scene.arguments, scene.names
    again = f", again every {a['resetTimeMin']} minutes" if a["resetTimeMin"] else ""
    said = (
        f"Through {scene.here}, lets {names.name(a['delegate'])} spend "
        f"{names.amount(a['token'], a['allowanceAmount'])} of {names.name(scene.caller)}{again}, without any other "
        "signer."
    )
    effect = Allowance(
        token=a["token"],
        owner=scene.caller,
        spender=a["delegate"],
        amount=limit_of(a["allowanceAmount"], bits=96) if not a["resetTimeMin"] else None,
        where=a.where(),
    )
    if not a["allowanceAmount"]:
        return Meant(said=f"{said} Of nothing, it takes back what was so.")
    return Meant(said=said, effects=(effect,))


_OF_CALLER: Final = operator(f"Lets {{operator}} {_ALL}", who="operator", on="approved")
_OF_PREFIX: Final = operator(
    "Lets {operator} do anything with what {caller} has in its accounts wherever {here} is obeyed; which of them, the "
    "bits of {accounts} say.",
    who="operator",
    on="accounts",
)
_FLOW: Final = (
    "Lets {receiver} have {token} of {owner} at {flowrate} base units a second, through {here}, without end."
)

MEANINGS: Final[Table] = {
    "createFlow": operator(_FLOW.replace("{owner}", "{sender}"), who="receiver", owner="sender", of="token"),
    "updateFlow": operator(_FLOW.replace("{owner}", "{sender}"), who="receiver", owner="sender", of="token"),
    "setFlowrate": operator(_FLOW.replace("{owner}", "{caller}"), who="receiver", on="flowrate", of="token"),
    "setFlowrateFrom": operator(
        _FLOW.replace("{owner}", "{sender}"), who="receiver", owner="sender", on="flowrate", of="token"
    ),
    "grantPermissions": operator(
        "Lets {flowOperator} start payments of {token} of {caller} to anybody, through {here}, without end.",
        who="flowOperator",
        of="token",
    ),
    "setOperator": lambda scene: (_OF_PREFIX if "prefix" in scene.arguments else _OF_CALLER)(scene),
    "enableController": operator(
        "Lets {controller} decide what {account} owes, and take what it put up for that wherever {here} is obeyed.",
        who="controller",
        owner="account",
    ),
    "setOperators": _set_operators,
    "authorizeOperator": operator(f"Lets {{operator}} {_ALL}", who="operator"),
    "revokeOperator": _revoke,
    "allow": operator(f"Lets {{manager}} {_ALL}", who="manager", on="isAllowed"),
    "setAuthorization": operator(f"Lets {{authorized}} {_ALL}", who="authorized", on="newIsAuthorized"),
    "setRelayerApproval": operator(
        "Lets {relayer} do anything with what {here} keeps for {sender}, and with what {sender} allows it to spend.",
        who="relayer",
        owner="sender",
        on="approved",
    ),
    "setAccountOperator": operator(
        "Lets {operator} do anything with what {account} has wherever {here} is obeyed.",
        who="operator",
        owner="account",
        on="authorized",
    ),
    "hope": operator(f"Lets {{account}} {_ALL}", who="account"),
    "nope": _revoke,
    "toggleOperator": operator(
        "Lets {operator} claim at {here} what {user} is owed, or takes that back if it was so.",
        who="operator",
        owner="user",
    ),
    "approve": _approve,
    "transfer": _transfer,
    "transferFrom": _transfer,
    "send": _send,
    "operatorSend": _send,
    "setAllowance": _set_allowance,
}
