"""Bringing a founding to a chain: what is there is recognised, and what is not is sent once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from eth_hash.auto import keccak

from tests.anvil import FUNDED, Anvil, start_anvil
from tests.deploy.house import DEPLOYER, House, KeySigner, file_of, text_of
from tests.stage import STRANGER
from verifier.cli.planning import released_founding
from verifier.deploy.create2 import DEPLOYER as COMMON
from verifier.deploy.verifying import require_founded
from verifier.deploy.view import Rpc
from verifier.errors import EndpointRefused
from verifier.errors.deploying import ChainUnfit, CodeForeign, DeploymentStuck, FundsMissing
from verifier.model.address import Address
from verifier.model.deployment import PieceState

ALL_SENT = (PieceState.DEPLOYED,) * 6
ALL_THERE = (PieceState.PRESENT,) * 6


def house(chain: Anvil, *changes: tuple[str, str]) -> House:
    return House(chain, file_of(text_of(*changes)))


def nonce_of(chain: Anvil, account: bytes = DEPLOYER) -> int:
    return int(chain.rpc("eth_getTransactionCount", ["0x" + account.hex(), "latest"]), 16)


def test_run__on_an_empty_chain__brings_all_and_the_deployer_has_nothing(chain: Anvil) -> None:
    there = house(chain)
    states, run = there.run()
    assert states == ALL_SENT
    assert [keccak(chain.code(piece.address)) for piece in there.founding.pieces] == [
        piece.code_hash for piece in there.founding.pieces
    ]
    require_founded(there.view, there.founding, there.file, DEPLOYER)
    stage = there.stage()
    assert stage.member(bytes(DEPLOYER)).pack() == 0
    assert [stage.seat(name) for name in stage.actors] == list(range(9))
    assert stage.read("founding") == (there.founding.founding_hash,)
    assert len(run.sent) == 6
    assert nonce_of(chain) == 6


def test_run__a_second_time__sends_nothing(chain: Anvil) -> None:
    house(chain).run()
    again = house(chain)
    states, run = again.run()
    assert (states, run.sent, nonce_of(chain)) == (ALL_THERE, [], 6)


def test_run__of_another_salt__brings_another_vault_and_no_companion(chain: Anvil) -> None:
    first = house(chain)
    first.run()
    other = house(chain, ("0000000000000001", "0000000000000002"))
    states, _ = other.run()
    assert states == (*ALL_THERE[:5], PieceState.DEPLOYED)
    assert other.founding.vault.address != first.founding.vault.address
    assert other.founding.founding_hash == first.founding.founding_hash


@pytest.mark.parametrize(("number", "fork"), [(1, "cancun"), (10, "prague"), (8453, "osaka")])
def test_run__on_chains_of_other_numbers_and_forks__is_at_the_same_address(number: int, fork: str) -> None:
    with start_anvil("--chain-id", str(number), "--hardfork", fork) as chain:
        text = text_of(('networks = ["mainnet"]', 'networks = ["sepolia"]'), ("chain = 31337", "chain = 777"))
        there = House(chain, file_of(text))
        states, _ = there.run()
        assert states == ALL_SENT
        assert str(there.founding.vault.address) == SAME
        assert there.look().is_complete


SAME = str(released_founding(file_of(text_of())).vault.address)


def test_run__on_a_chain_before_cancun__is_refused_before_anything_is_sent() -> None:
    with start_anvil("--hardfork", "shanghai") as chain:
        with pytest.raises(ChainUnfit, match="Cancun"):
            house(chain).run()
        assert nonce_of(chain) == 0


def test_run__without_the_common_deployer__is_refused(chain: Anvil) -> None:
    chain.set_code(COMMON, b"")
    with pytest.raises(ChainUnfit, match="CREATE2 deployer"):
        house(chain).run()
    assert nonce_of(chain) == 0


@pytest.mark.parametrize("nth", range(6))
def test_run__where_other_code_stands__is_refused(chain: Anvil, nth: int) -> None:
    there = house(chain)
    chain.set_code(there.founding.pieces[nth].address, b"\x00")
    with pytest.raises(CodeForeign, match="stands code"):
        there.run()
    assert nonce_of(chain) == 0


def test_run__with_another_common_deployer__is_refused(chain: Anvil) -> None:
    chain.set_code(COMMON, b"\x00")
    with pytest.raises(CodeForeign, match="common CREATE2 deployer"):
        house(chain).run()


def test_run__without_the_funds_for_all_steps__sends_none_of_them() -> None:
    # A chain of its own: the fee of a block outlives a snapshot.
    with start_anvil() as chain:
        chain.rpc("anvil_setNextBlockBaseFeePerGas", [hex(10**9)])
        chain.mine()
        there = house(chain)
        quote = there.quote()
        chain.set_balance(DEPLOYER, quote.total - 1)
        with pytest.raises(FundsMissing):
            there.run()
        assert nonce_of(chain) == 0
        chain.set_balance(DEPLOYER, quote.total)
        states, ran = there.run()
        assert states == ALL_SENT
        assert 0 < sum(sent.paid for sent in ran.sent) <= quote.total


class Overtaken(KeySigner):
    """Signs, and before what it signed is sent, a stranger sends the very same bytes."""

    chain: Anvil

    def sign(self, transaction: Mapping[str, Any]) -> bytes:
        raw = super().sign(transaction)
        self.chain.send(STRANGER, COMMON, transaction["data"])
        return raw


def test_run__overtaken_by_a_stranger_with_the_same_bytes__takes_what_is_there(chain: Anvil) -> None:
    there = house(chain)
    signer = Overtaken()
    signer.chain = chain
    there.signer = signer
    states, run = there.run()
    assert states == ALL_THERE
    assert len(run.sent) == 6
    require_founded(there.view, there.founding, there.file, DEPLOYER)


def test_run__of_a_transaction_that_fails__says_so_and_goes_on_later(chain: Anvil) -> None:
    there = house(chain)
    vault = there.founding.vault

    class Short(KeySigner):
        def sign(self, transaction: Mapping[str, Any]) -> bytes:
            gas = transaction["gas"] // 2 if transaction["data"] == vault.calldata else transaction["gas"]
            return super().sign({**transaction, "gas": gas})

    there.signer = Short()
    with pytest.raises(DeploymentStuck, match="reverted"):
        there.run()
    there.signer = KeySigner()
    states, _ = there.run()
    assert states == (*ALL_THERE[:5], PieceState.DEPLOYED)


def test_run__while_nothing_is_mined__outbids_and_takes_a_replacement_for_what_it_is(chain: Anvil) -> None:
    chain.rpc("evm_setAutomine", [False])
    try:
        there = house(chain)
        sent_before = there.signer.sign(
            {
                "type": 2, "chainId": 31337, "nonce": 0, "to": str(Address(STRANGER)), "value": 1, "data": b"",
                "gas": 21_000, "maxFeePerGas": 1, "maxPriorityFeePerGas": 1,
            }
        )  # fmt: skip
        chain.rpc("eth_sendRawTransaction", ["0x" + sent_before.hex()])
        before = chain.balance(STRANGER)
        states, _ = there.run(replaces=True, pause=chain.mine)
        assert states == ALL_SENT
        assert chain.balance(STRANGER) == before
        assert nonce_of(chain) == 6
    finally:
        chain.rpc("evm_setAutomine", [True])


def test_run__while_an_earlier_transaction_waits__waits_for_it(chain: Anvil) -> None:
    chain.rpc("evm_setAutomine", [False])
    try:
        there = house(chain)
        chain.rpc(
            "eth_sendTransaction",
            [
                {
                    "from": "0x" + FUNDED[0].hex(),
                    "to": "0x" + STRANGER.hex(),
                    "value": "0x1",
                    "gasPrice": "0x1",
                }
            ],
        )
        states, _ = there.run(pause=chain.mine)
        assert states == ALL_SENT
        assert nonce_of(chain) == 7
        assert any("wait for a block" in line for line in there.said)
    finally:
        chain.rpc("evm_setAutomine", [True])


def test_run__with_a_gap_in_the_nonces_filled_by_it__sends_all_the_same(chain: Anvil) -> None:
    there = house(chain)
    ahead = there.signer.sign(
        {
            "type": 2, "chainId": 31337, "nonce": 2, "to": str(Address(STRANGER)), "value": 1, "data": b"",
            "gas": 21_000, "maxFeePerGas": 10**9, "maxPriorityFeePerGas": 1,
        }
    )  # fmt: skip
    chain.rpc("eth_sendRawTransaction", ["0x" + ahead.hex()])
    states, _ = there.run()
    assert states == ALL_SENT
    assert nonce_of(chain) == 7


def test_run__whose_transaction_is_replaced_from_elsewhere__sends_the_next_one() -> None:
    with start_anvil() as chain:
        # What blocks cost less than was agreed to pays for the one more.
        chain.rpc("anvil_setNextBlockBaseFeePerGas", [hex(10**10)])
        chain.mine()
        there = house(chain)
        replaced = replaced_from_elsewhere(there)
        states, run = there.run(pause=replaced)
        assert states == ALL_SENT
        assert any("took nonce 0" in line for line in there.said)
        assert (nonce_of(chain), len(run.sent)) == (7, 6)


def test_run__replaced_from_elsewhere_where_nothing_is_to_spare__stops_and_goes_on_when_run_again(
    chain: Anvil,
) -> None:
    there = house(chain)
    replaced = replaced_from_elsewhere(there)
    try:
        with pytest.raises(DeploymentStuck, match="agreed to; run it again"):
            there.run(pause=replaced)
        states, _ = there.run(pause=chain.mine)
        assert states == (*ALL_THERE[:5], PieceState.DEPLOYED)
    finally:
        chain.rpc("evm_setAutomine", [True])


def replaced_from_elsewhere(there: House) -> Callable[[], None]:
    """Return a pause in which a block comes; the first one takes another transaction of the same account."""
    chain, elsewhere, turns = there.chain, KeySigner(), iter(range(1_000))
    chain.rpc("evm_setAutomine", [False])

    def pause() -> None:
        if next(turns) == 0:
            raw = elsewhere.sign({**TRIFLE, "maxFeePerGas": 10**12, "maxPriorityFeePerGas": 10**12})
            chain.rpc("eth_sendRawTransaction", ["0x" + raw.hex()])
        chain.mine()

    return pause


class Lagging:
    """The port Rpc over machines that are behind: whatever changed is answered with what it was, a few times."""

    name = "lagging"

    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc
        # What is said, and how often it will be said though it has changed.
        self._known: dict[str, tuple[Any, int]] = {}

    def ask(self, method: str, *params: Any) -> Any:
        answer = self._rpc.ask(method, *params)
        if method not in ("eth_getCode", "eth_getTransactionCount"):
            return answer
        key = str((method, params))
        said, left = self._known.get(key, (answer, 0))
        if said != answer and left:
            self._known[key] = (said, left - 1)
            return said
        self._known[key] = (answer, 3)
        return answer


def test_run__over_machines_of_which_one_lags__sends_each_piece_once(chain: Anvil) -> None:
    there = house(chain)
    there.through = Lagging
    states, run = there.run()
    assert states == ALL_SENT
    assert (nonce_of(chain), len(run.sent)) == (6, 6)


def test_run__when_gas_costs_more_than_before__offers_no_more_than_was_agreed_to() -> None:
    with start_anvil() as chain:
        chain.rpc("anvil_setNextBlockBaseFeePerGas", [hex(10**9)])
        chain.mine()
        there = house(chain)
        quote = there.quote()
        chain.rpc("anvil_setNextBlockBaseFeePerGas", [hex(int(1.5 * 10**9))])
        chain.mine()
        states, _ = there.run(quote=quote)
        assert states == ALL_SENT
        assert max(signed["maxFeePerGas"] for signed in there.signer.signed) == quote.fees.most


def test_run__when_gas_costs_more_than_was_agreed_to__stops_before_it_pays_more() -> None:
    with start_anvil() as chain:
        there = house(chain)
        quote = there.quote()
        chain.rpc("anvil_setNextBlockBaseFeePerGas", [hex(int(quote.fees.most) + 1)])
        chain.mine()
        with pytest.raises(DeploymentStuck, match="agreed to"):
            there.run(quote=quote)
        assert nonce_of(chain) == 0


class Greedy:
    """The port Rpc over an endpoint that takes no price for enough, for as long as an earlier transaction waits."""

    name = "greedy"

    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc

    def ask(self, method: str, *params: Any) -> Any:
        if method == "eth_sendRawTransaction":
            raise EndpointRefused(
                endpoint=self.name, method=method, code=-32000, message="replacement transaction underpriced"
            )
        return self._rpc.ask(method, *params)


def test_run__over_an_endpoint_that_asks_for_ever_more__offers_no_more_than_was_shown(chain: Anvil) -> None:
    chain.rpc("evm_setAutomine", [False])
    try:
        there = house(chain)
        chain.rpc("eth_sendRawTransaction", ["0x" + there.signer.sign(TRIFLE).hex()])
        there.signer = KeySigner()
        there.through = Greedy
        run = there.deployment(replaces=True)
        quote = run.quote(there.founding, there.look())
        with pytest.raises(DeploymentStuck, match="do not outbid"):
            run.run(there.founding, quote)
        offered = [signed["maxFeePerGas"] for signed in there.signer.signed]
        assert offered[0] < offered[-1] == quote.fees.most
        assert max(signed["gas"] * signed["maxFeePerGas"] for signed in there.signer.signed) <= quote.total
    finally:
        chain.rpc("evm_setAutomine", [True])


TRIFLE: Mapping[str, Any] = {
    "type": 2, "chainId": 31337, "nonce": 0, "to": str(Address(STRANGER)), "value": 1, "data": b"",
    "gas": 21_000, "maxFeePerGas": 1, "maxPriorityFeePerGas": 1,
}  # fmt: skip


class Forgetful:
    """The port Rpc over an endpoint that shows no code and no receipt, so that everything is sent once more."""

    name = "forgetful"

    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc

    def ask(self, method: str, *params: Any) -> Any:
        if method == "eth_getTransactionReceipt":
            return None
        if method == "eth_getCode" and params[0] != str(COMMON):
            return "0x"
        return self._rpc.ask(method, *params)


def test_run__over_an_endpoint_that_denies_what_was_sent__spends_no_more_than_was_shown(chain: Anvil) -> None:
    there = house(chain)
    there.through = Forgetful
    quote, before = there.quote(), chain.balance(DEPLOYER)
    with pytest.raises(DeploymentStuck, match="agreed to"):
        there.run(quote=quote)
    assert before - chain.balance(DEPLOYER) <= quote.total
    assert sum(signed["gas"] * signed["maxFeePerGas"] for signed in there.signer.signed[:-1]) <= quote.total
    there.through = lambda rpc: rpc
    states, _ = there.run()
    assert states[1:] == (PieceState.DEPLOYED,) * 5
