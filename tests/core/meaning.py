"""Calldata as others encode it (eth-abi), and who is in it: for tests of what calls mean."""

from __future__ import annotations

from typing import Any

from eth_abi.abi import encode
from eth_hash.auto import keccak

from verifier.decode.calls import decode_call
from verifier.decode.lexicon import Lexicon
from verifier.decode.types import parse_members
from verifier.model.account import AccountReading, TokenReading
from verifier.model.address import Address
from verifier.model.asset import AssetTerms
from verifier.model.call import DecodedCall
from verifier.model.effect import Effect
from verifier.model.evidence import Evidence, Fact
from verifier.model.operation import Call
from verifier.model.units import Units, Wei

VAULT = Address(b"\x11" * 20)
USDC = Address.parse("0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48")
# Whatever is called: a token, an account, a router.
IT = Address(b"\x22" * 20)
ANN = Address(b"\x33" * 20)
BOB = Address(b"\x44" * 20)
EVE = Address(b"\x66" * 20)
NOBODY = Address(bytes(20))
DECIMALS = AssetTerms(routine_limit=Units(1), high_value_from=Units(2), decimals=6)
NAMES = Lexicon(
    vault=VAULT,
    assets={USDC: Fact(value=DECIMALS, evidence=Evidence.PROVEN)},
    labels={USDC: "USDC", ANN: "Ann", BOB: "Bob"},
)
UNLIMITED = (1 << 256) - 1
HALF_A_MILLION = 500_000 * 10**6
RAW = "500,000.000000 USDC (500000000000)"
# 2027-01-15 08:00:00 UTC
LATER = 1_800_000_000


def data(signature: str, *values: Any) -> bytes:
    """Return the data of a call of a function, such as `transfer(address,uint256)`, encoded by eth-abi."""
    types = [member.text for member in parse_members(signature[signature.index("(") + 1 : -1]).members]
    return keccak(signature.encode("ascii"))[:4] + encode(types, values)


def decoded(call_data: bytes, *, to: Address = IT, value: int = 0, names: Lexicon = NAMES) -> DecodedCall:
    return decode_call(Call(target=to, value=Wei(value), data=call_data), names)


def decode(
    signature: str, *values: Any, to: Address = IT, value: int = 0, names: Lexicon = NAMES
) -> DecodedCall:
    """Return what an honest call of a function by the vault is, which has no faults."""
    found = decoded(data(signature, *values), to=to, value=value, names=names)
    assert found.faults == ()
    return found


_USUAL = (("is_increase", False), ("is_optional", False))


def bare(effects: tuple[Effect, ...]) -> list[dict[str, Any]]:
    """Return effects without where they stand, each by what is not empty in it, its kind first."""
    told = []
    for effect in effects:
        fields = {
            name: getattr(effect, name) for name in type(effect).__dataclass_fields__ if name != "where"
        }
        told.append(
            {
                "is": type(effect).__name__,
                **{k: v for k, v in fields.items() if v is not None and (k, v) not in _USUAL},
            }
        )
    return told


def move(
    recipient: Address, amount: int | None, *, token: Address = USDC, sender: Address = VAULT, **more: Any
) -> dict[str, Any]:
    """Return a movement as `bare` tells it."""
    known = {} if amount is None else {"amount": amount}
    return {"is": "Move", "token": token, "sender": sender, "recipient": recipient, **known, **more}


def allowance(
    spender: Address, amount: int | None, *, token: Address = USDC, owner: Address = VAULT, **more: Any
) -> dict[str, Any]:
    """Return an allowance as `bare` tells it."""
    known = {} if amount is None else {"amount": amount}
    return {"is": "Allowance", "token": token, "owner": owner, "spender": spender, **known, **more}


def account(
    address: Address,
    *,
    code: bytes = b"\x00",
    implementation: Address | None = None,
    implementation_code: bytes = b"",
    token: TokenReading | None = None,
    evidence: Evidence = Evidence.PROVEN,
) -> AccountReading:
    """Return what was read of an account, whose code it has."""
    return AccountReading(
        address=address,
        code=code,
        code_hash=keccak(code),
        balance=Wei(0),
        nonce=1,
        evidence=evidence,
        implementation=None if implementation is None else Fact(value=implementation, evidence=evidence),
        implementation_code=implementation_code,
        token=token,
    )
