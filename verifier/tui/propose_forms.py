"""The forms in which a call is typed: the easy path for listed assets, any other call, and the name of a file."""

from __future__ import annotations

from collections.abc import Mapping

from verifier.desk.building import (
    COIN_DECIMALS,
    Transfer,
    read_account,
    read_amount,
    write_amount,
    write_transfer,
)
from verifier.errors import CallsMalformed
from verifier.model.address import Address
from verifier.model.text import Shown, sanitise
from verifier.model.written_call import WrittenCall
from verifier.pages.layout import wrapped
from verifier.tui.form import Field, FormScreen
from verifier.tui.source import Source


def transfer_form(
    names: Mapping[Address, Shown],
    decimals: Mapping[Address, int],
    labels: Mapping[Address, str],
    former: Transfer | None = None,
) -> FormScreen[WrittenCall]:
    """Return the form for a transfer of a listed asset, such as `1500.25` of it.

    :param former: what it was so far, where it is changed
    """
    choices = [
        (str(asset), wrapped(f"{name}: {decimals[asset]} decimals", 120)[0]) for asset, name in names.items()
    ]

    def make(typed: Mapping[str, str]) -> WrittenCall:
        asset = Address.parse(typed["asset"])
        transfer = Transfer(asset=asset, to=typed["to"], amount=typed["amount"])
        return write_transfer(transfer, decimals=decimals[asset], labels=labels)

    fields = [
        Field(name="asset", title="Asset", typed=str(former.asset) if former else "", choices=choices),
        Field(name="to", title="To: an address, or your own label for it", typed=former.to if former else ""),
        Field(name="amount", title="Amount, such as 1500.25", typed=former.amount if former else ""),
    ]
    return FormScreen("Transfer a listed asset", fields, make, answer="Change it" if former else "Add it")


def call_form(
    source: Source, labels: Mapping[Address, str], former: WrittenCall | None = None
) -> FormScreen[WrittenCall]:
    """Return the form for any call. It is made into bytes at once, so that what is wrong is said here.

    :param former: what it was so far, where it is changed
    """
    call = former or WrittenCall(goes_to="")

    def make(typed: Mapping[str, str]) -> WrittenCall:
        text = {name: value.strip() for name, value in typed.items()}
        made = WrittenCall(
            goes_to=str(read_account(text["target"], labels)),
            wei=str(read_amount(text["value"] or "0", COIN_DECIMALS)),
            prototype=text["function"],
            listed=text["arguments"] or "[]",
            data=text["data"],
        )
        if source.drafting is None:
            raise CallsMalformed(path="What you wrote", why="there is no network")
        if not made.prototype and made.listed != "[]":
            raise CallsMalformed(path="What you wrote", why="there are `arguments` and no `function`")
        source.drafting.encode([made])
        return made

    fields = [
        Field(name="target", title="Target: an address, or your own label for it", typed=call.goes_to),
        Field(name="value", title="Value in whole coins, such as 0.5", typed=_value_of(call)),
        Field(name="function", title="Function, such as transfer(address,uint256)", typed=call.prototype),
        Field(
            name="arguments",
            title='Arguments as a list, such as ["0x...", "40000000"]',
            typed=call.listed if call.prototype else "",
        ),
        Field(name="data", title="Or the data as it is: 0x...", typed=call.data),
    ]
    return FormScreen("Call a contract", fields, make, answer="Change it" if former else "Add it")


def file_form(*, is_written: bool) -> FormScreen[str]:
    """Return the form that asks for a path."""

    def make(typed: Mapping[str, str]) -> str:
        if not typed["path"].strip():
            raise CallsMalformed(path="Nothing", why="type the path of a file")
        return typed["path"].strip()

    title = "Write the calls to a new file" if is_written else "Add the calls of a file"
    remark = "None is written over." if is_written else "TOML or JSON, as `fourth-signer propose` takes it."
    fields = [Field(name="path", title="Path")]
    return FormScreen(title, fields, make, answer="Write it" if is_written else "Read it", remark=remark)


def _value_of(call: WrittenCall) -> str:
    return write_amount(int(call.wei or "0"), COIN_DECIMALS) if call.wei.isdecimal() else sanitise(call.wei)
