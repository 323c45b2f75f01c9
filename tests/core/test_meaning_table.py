"""The tables of meanings, and the data files under them: selectors are the known ones, and all functions have words."""

from __future__ import annotations

import re
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.meaning import ANN, IT, NAMES, decoded
from verifier.decode.encode import encode
from verifier.decode.meaning.table import STANDARDS, Standard, standards
from verifier.decode.meaning.vault import ANOTHER_VAULT
from verifier.decode.signatures import interface
from verifier.decode.types import AbiType, Array, Leaf, Tuple
from verifier.model.call import AbiValue, Naming

# Each as it is written in the contracts' own documents or in block explorers, and not made by this code.
KNOWN = """
    transfer(address,uint256) a9059cbb
    transferFrom(address,address,uint256) 23b872dd
    approve(address,uint256) 095ea7b3
    increaseAllowance(address,uint256) 39509351
    decreaseAllowance(address,uint256) a457c2d7
    permit(address,address,uint256,uint256,uint8,bytes32,bytes32) d505accf
    permit(address,address,uint256,uint256,bool,uint8,bytes32,bytes32) 8fcbaf0c
    transferWithAuthorization(address,address,uint256,uint256,uint256,bytes32,uint8,bytes32,bytes32) e3ee160e
    transferAndCall(address,uint256,bytes) 4000aea0
    mint(address,uint256) 40c10f19
    burn(uint256) 42966c68
    safeTransferFrom(address,address,uint256) 42842e0e
    safeTransferFrom(address,address,uint256,bytes) b88d4fde
    setApprovalForAll(address,bool) a22cb465
    safeTransferFrom(address,address,uint256,uint256,bytes) f242432a
    safeBatchTransferFrom(address,address,uint256[],uint256[],bytes) 2eb2c2d6
    deposit(uint256,address) 6e553f65
    mint(uint256,address) 94bf804d
    withdraw(uint256,address,address) b460af94
    redeem(uint256,address,address) ba087652
    deposit() d0e30db0
    withdraw(uint256) 2e1a7d4d
    approve(address,address,uint160,uint48) 87517c45
    permit(address,((address,uint160,uint48,uint48),address,uint256),bytes) 2b67b570
    permit(address,((address,uint160,uint48,uint48)[],address,uint256),bytes) 2a2d80d1
    transferFrom(address,address,uint160,address) 36c78516
    transferFrom((address,address,uint160,address)[]) 0d58b1db
    lockdown((address,address)[]) cc53287f
    permitTransferFrom(((address,uint256),uint256,uint256),(address,uint256),address,bytes) 30f28b7a
    aggregate((address,bytes)[]) 252dba42
    tryAggregate(bool,(address,bytes)[]) bce38bd7
    tryBlockAndAggregate(bool,(address,bytes)[]) 399542e9
    blockAndAggregate((address,bytes)[]) c3077fa9
    aggregate3((address,bool,bytes)[]) 82ad56cb
    aggregate3Value((address,bool,uint256,bytes)[]) 174dea71
    multicall(bytes[]) ac9650d8
    multicall(uint256,bytes[]) 5ae401dc
    multicall(bytes32,bytes[]) 1f0464d1
    execTransaction(address,uint256,bytes,uint8,uint256,uint256,uint256,address,address,bytes) 6a761202
    execTransactionFromModule(address,uint256,bytes,uint8) 468721a7
    execTransactionFromModuleReturnData(address,uint256,bytes,uint8) 5229073f
    multiSend(bytes) 8d80ff0a
    setup(address[],uint256,address,bytes,address,address,uint256,address) b63e800d
    addOwnerWithThreshold(address,uint256) 0d582f13
    removeOwner(address,address,uint256) f8dc5dd9
    swapOwner(address,address,address) e318b52b
    changeThreshold(uint256) 694e80c3
    enableModule(address) 610b5925
    disableModule(address,address) e009cfde
    setGuard(address) e19a9dd9
    setModuleGuard(address) e068df37
    setFallbackHandler(address) f08a0323
    approveHash(bytes32) d4d9bdcd
    schedule(address,uint256,bytes,bytes32,bytes32,uint256) 01d5062a
    scheduleBatch(address[],uint256[],bytes[],bytes32,bytes32,uint256) 8f2a0bb0
    execute(address,uint256,bytes,bytes32,bytes32) 134008d3
    executeBatch(address[],uint256[],bytes[],bytes32,bytes32) e38335e5
    cancel(bytes32) c4d252f5
    updateDelay(uint256) 64d62353
    grantRole(bytes32,address) 2f2ff15d
    revokeRole(bytes32,address) d547741f
    renounceRole(bytes32,address) 36568abe
    beginDefaultAdminTransfer(address) 634e93da
    execute(address,bytes) 1cff79cd
    transferOwnership(address) f2fde38b
    acceptOwnership() 79ba5097
    renounceOwnership() 715018a6
    setPendingAdmin(address) 4dd18bf5
    _setPendingAdmin(address) b71d1a0c
    setImplementation(address) d784d426
    pause() 8456cb59
    unpause() 3f4ba83a
    rely(address) 65fae35e
    upgradeTo(address) 3659cfe6
    upgradeToAndCall(address,bytes) 4f1ef286
    changeAdmin(address) 8f283970
    upgrade(address,address) 99a88ec4
    upgradeAndCall(address,address,bytes) 9623609d
    changeProxyAdmin(address,address) 7eff275e
    diamondCut((address,uint8,bytes4[])[],address,bytes) 1f931c1c
    swapExactTokensForTokens(uint256,uint256,address[],address,uint256) 38ed1739
    swapExactETHForTokens(uint256,address[],address,uint256) 7ff36ab5
    swapExactTokensForETH(uint256,uint256,address[],address,uint256) 18cbafe5
    addLiquidityETH(address,uint256,uint256,uint256,address,uint256) f305d719
    exactInputSingle((address,address,uint24,address,uint256,uint256,uint256,uint160)) 414bf389
    exactInput((bytes,address,uint256,uint256,uint256)) c04b8d59
    exactOutputSingle((address,address,uint24,address,uint256,uint256,uint256,uint160)) db3e2198
    exactOutput((bytes,address,uint256,uint256,uint256)) f28c0498
    exactInputSingle((address,address,uint24,address,uint256,uint256,uint160)) 04e45aaf
    exactInput((bytes,address,uint256,uint256)) b858183f
    exactOutputSingle((address,address,uint24,address,uint256,uint256,uint160)) 5023b4df
    unwrapWETH9(uint256,address) 49404b7c
    sweepToken(address,uint256,address) df2ab5bb
    refundETH() 12210e8a
    selfPermit(address,uint256,uint256,uint8,bytes32,bytes32) f3995c67
    execute(bytes,bytes[],uint256) 3593564c
    execute(bytes,bytes[]) 24856bc3
    execute(address,uint256,bytes) b61d27f6
    executeBatch(address[],bytes[]) 18dfb3c7
    executeBatch(address[],uint256[],bytes[]) 47e1da2a
    executeBatch((address,uint256,bytes)[]) 34fcd5be
    execute(bytes32,bytes) e9ae5c53
    supply(address,uint256,address,uint16) 617ba037
    withdraw(address,uint256,address) 69328dec
    borrow(address,uint256,uint256,uint16,address) a415bcad
    repay(address,uint256,uint256,address) 573ade81
    setUserUseReserveAsCollateral(address,bool) 5a3b74b9
    flashLoan(address,address[],uint256[],uint256[],address,bytes,uint16) ab9c4b5d
    flashLoan(address,address[],uint256[],bytes) 5c38449e
    submit(address) a1903eab
    wrap(uint256) ea598cb0
    flashLoan(address,address,uint256,bytes) 5cffe9de
    flashLoanSimple(address,address,uint256,bytes,uint16) 42b0b77c
    setOperator(bytes19,address,uint256) c14c11bf
    unoswapTo(uint256,uint256,uint256,uint256,uint256) e2c95c82
    ethUnoswapTo(uint256,uint256,uint256) 175accdc
    exchange(uint256,uint256,uint256,uint256) 5b41b908
    configureController(address,address) c4faf7df
    addValidators(address[]) 70223952
    proxy__upgradeTo(address) 3ebdd0eb
    proxy__upgradeToAndCall(address,bytes,bool) d2f6ed4d
    depositForBurn(uint256,uint32,bytes32,address) 6fd3504e
    depositForBurn(uint256,uint32,bytes32,address,bytes32,uint256,uint32) 8e0250ee
    transferTokens(address,uint256,uint16,bytes32,uint256,uint32) 0f5287b0
    wrapAndTransferETH(uint16,bytes32,uint256,uint32) 9981509f
    send((uint32,bytes32,uint256,uint256,bytes,bytes,bytes),(uint256,uint256),address) c7c7f5b3
    sendFrom(address,uint16,bytes,uint256,address,address,bytes) 51905636
    transferRemote(uint32,bytes32,uint256) 81b4e8b4
    swap(uint16,uint256,uint256,address,uint256,uint256,(uint256,uint256,bytes),bytes,bytes) 9fbf10fc
    outboundTransfer(address,address,uint256,uint256,uint256,bytes) d2ce7d65
    bridgeERC20To(address,address,address,uint256,uint32,bytes) 540abf73
    depositERC20To(address,address,address,uint256,uint32,bytes) 838b2520
    depositETHTo(address,uint32,bytes) 9a2ac6d5
    bridgeETHTo(address,uint32,bytes) e11013dd
    depositTransaction(address,uint256,uint64,bool,bytes) e9e05c42
    createRetryableTicket(address,uint256,uint256,address,address,uint256,uint256,bytes) 679b6ded
    ccipSend(uint64,(bytes,bytes,(address,uint256)[],address,bytes)) 96f4e9f9
    bridgeAsset(uint32,address,uint256,address,bool,bytes) cd586579
    setPeer(uint32,bytes32) 3400288b
    setDelegate(address) ca5eb5e1
    setConfig(address,address,(uint32,uint32,bytes)[]) 6dbd9f90
    setPreSignature(bytes,bool) ec6cb13f
    setAuthorization(address,bool) eecea000
    allow(address,bool) 110496e5
    setRelayerApproval(address,address,bool) fa6e671d
    hope(address) a3b22fc4
    withdraw((address,address,address,address,uint256),uint256,uint256,address,address) 5c2bea49
    requestRedeem(uint256,address,address) 7d41c86e
    disperseToken(address,address[],uint256[]) c73a2d60
    disperseEther(address[],uint256[]) e63d38ed
    deposit(bytes,bytes,bytes,bytes32) 22895118
    exitPool(bytes32,address,address,(address[],uint256[],bytes,bool)) 8bdb3913
    propose(address[],uint256[],bytes[],string) 7d5e81e2
    propose(address[],uint256[],string[],bytes[],string) da95691a
    execute(address[],uint256[],bytes[],bytes32) 2656227d
    queue(address[],uint256[],bytes[],bytes32) 160cbed7
    execute(uint256) fe0d94c1
    confirmTransaction(uint256) c01a8c84
    submitTransaction(address,uint256,bytes) c6427474
    delegate(address) 5c19a95c
    setAddr(bytes32,address) d5fa2b00
    setResolver(bytes32,address) 1896f70a
    setOwner(bytes32,address) 5b0fc9c3
    setSubnodeOwner(bytes32,bytes32,address) 06ab5923
    modifyLiquidities(bytes,uint256) dd46508f
    swap(address,(address,address,address,address,uint256,uint256,uint256),bytes) 07ed2379
    swap(address,(address,address,address,address,uint256,uint256,uint256),bytes,bytes) 12aa3caf
    transformERC20(address,address,uint256,uint256,(uint32,bytes)[]) 415565b0
    exchange(int128,int128,uint256,uint256) 3df02124
    swap((bytes32,uint8,address,address,uint256,bytes),(address,bool,address,bool),uint256,uint256) 52bbbe29
    batch((address,address,uint256,bytes)[]) c16ae7a4
    addOwnerPublicKey(bytes32,bytes32) 29565e3b
    executeWithoutChainIdValidation(bytes[]) 2c2abd1e
    addBlackList(address) 0ecb93c0
    deprecate(address) 0753c30c
    replaceOwner(address,address) e20056e6
    changeRequirement(uint256) ba51a6df
    proposeAggregator(address) f8a2abd3
    exec(address,address,uint256,address,bytes) 2213bc0b
    unoswap(uint256,uint256,uint256,uint256) 83800a8e
    unoswap2(uint256,uint256,uint256,uint256,uint256) 8770ba91
    unoswap3(uint256,uint256,uint256,uint256,uint256,uint256) 19367472
    unoswapTo2(uint256,uint256,uint256,uint256,uint256,uint256) ea76dddf
    unoswapTo3(uint256,uint256,uint256,uint256,uint256,uint256,uint256) f7a70056
    ethUnoswap(uint256,uint256) a76dfc3b
    ethUnoswap2(uint256,uint256,uint256) 89af926a
    ethUnoswap3(uint256,uint256,uint256,uint256) 188ac35d
    unoswapTo(address,address,uint256,uint256,uint256[]) f78dc253
    unoswap(address,uint256,uint256,uint256[]) 0502b1c5
    uniswapV3SwapTo(address,uint256,uint256,uint256[]) bc80f1a8
    cancelOrder(uint256,bytes32) b68fb020
    execute((address,address,uint256),bytes[],bytes32) 1fff991f
    executeMetaTxn((address,address,uint256),bytes[],bytes32,address,bytes) fd3ad6d4
    add_liquidity(uint256[2],uint256) 0b4c7e4d
    add_liquidity(uint256[3],uint256) 4515cef3
    remove_liquidity(uint256,uint256[2]) 5b36389c
    remove_liquidity_one_coin(uint256,int128,uint256) 1a4d01d2
    createProxyWithNonce(address,bytes,uint256) 1688f0b9
    deployCreate2(bytes32,bytes) 26307668
    deployCreate2AndInit(bytes32,bytes,bytes,(uint256,uint256)) e96deee4
    deployCreate2AndInit(bytes32,bytes,bytes,(uint256,uint256),address) a7db93f2
    deployCreate2Clone(address,bytes) 81503da1
    deployCreate2Clone(bytes32,address,bytes) 2852527a
    deployCreate3(bytes) 7f565360
    deployCreate3(bytes32,bytes) 9c36a286
    deployCreate3AndInit(bytes,bytes,(uint256,uint256)) 2f990e3f
    safeCreate2(bytes32,bytes) 64e03087
    performCreate(uint256,bytes) 4c8c9ea1
    performCreate2(uint256,bytes,bytes32) 4847be6f
"""
# The two shapes of ERC-4337, whose signatures are long.
ENTRY_POINTS = {"1fad948c", "765e827f"}

ALL = [one for same in standards().values() for one in same]


@pytest.mark.parametrize(("signature", "selector"), [line.split() for line in KNOWN.strip().splitlines()])
def test_standards__known_selector__names_this_signature(signature: str, selector: str) -> None:
    assert signature in [one.function.signature for one in standards()[bytes.fromhex(selector)]]


def test_standards__entry_points__both_shapes() -> None:
    assert {one.function.selector.hex() for one in ALL if one.function.name == "handleOps"} == ENTRY_POINTS


@pytest.mark.parametrize("source", [source for source in STANDARDS if source != "vault"])
def test_standards__every_function_of_a_data_file__has_a_meaning_and_no_meaning_is_idle(source: str) -> None:
    assert {function.name for function in interface(source).functions} == set(STANDARDS[source])


def test_standards__the_vault__all_but_what_only_answers() -> None:
    answering = {f.name for f in interface("vault").functions if f.outputs.members} - {"propose"}
    assert set(ANOTHER_VAULT) == {f.name for f in interface("vault").functions} - answering
    assert {"propose", "execute", "setTiers"} <= set(ANOTHER_VAULT)


def test_data_files__each_is_in_use() -> None:
    files = {path.name for path in resources.files("verifier.decode").joinpath("abi").iterdir()}
    companions = {"bypass_ledger", "checks", "duty_registry", "strategy_limits"}
    others = {"asset_events", "create2", "settler_actions", "uniswap_v4_actions", "universal_commands"}
    assert files == {f"{name}.abi" for name in {*STANDARDS, *companions, *others}}


def values_of(type_: AbiType) -> st.SearchStrategy[AbiValue]:
    match type_:
        case Leaf(kind="uint"):
            most = (1 << type_.width) - 1
            return st.one_of(st.integers(0, most), st.sampled_from([0, 1, most]))
        case Leaf(kind="int"):
            return st.integers(-(1 << type_.width - 1), (1 << type_.width - 1) - 1)
        case Leaf(kind="bool"):
            return st.booleans()
        case Leaf(kind="address"):
            return st.one_of(st.just(ANN), st.just(bytes(20)), st.binary(min_size=20, max_size=20))
        case Leaf(kind="fixed"):
            return st.binary(min_size=type_.width, max_size=type_.width)
        case Leaf(kind="bytes"):
            return st.binary(max_size=120)
        case Leaf():
            return st.text(max_size=20)
        case Array():
            most = 3 if type_.length is None else type_.length
            items = st.lists(values_of(type_.of), min_size=type_.length or 0, max_size=most)
            return items.map(tuple)
        case Tuple():
            return st.tuples(*map(values_of, type_.members))


calls = st.sampled_from(ALL).flatmap(lambda one: st.tuples(st.just(one), values_of(one.function.inputs)))


@given(calls)
def test_meaning__any_honest_arguments__words_and_effects_that_stand_in_the_data(
    drawn: tuple[Standard, AbiValue],
) -> None:
    one, arguments = drawn
    data = one.function.selector + encode(one.function.inputs, arguments)
    found = decoded(data)
    assert found.naming is Naming.STANDARD
    assert found.function == one.function.signature
    assert str(IT) in found.sentence
    for _, call in found.walk():
        assert re.fullmatch(r"[ -~]+", call.sentence)
        for effect in call.effects:
            where = getattr(effect, "where", None)
            assert where is None or 4 <= where.start < where.stop <= len(call.call.data)
        for child in call.children:
            assert child.where is not None
            assert child.caller is not None
            assert 4 <= child.where.start <= child.where.stop <= len(call.call.data)


@given(calls, st.data())
def test_meaning__any_byte_changed__still_words(
    drawn: tuple[Standard, AbiValue], draw: st.DataObject
) -> None:
    one, arguments = drawn
    data = bytearray(one.function.selector + encode(one.function.inputs, arguments))
    data[draw.draw(st.integers(0, len(data) - 1))] ^= draw.draw(st.integers(1, 255))
    cut = bytes(data[: draw.draw(st.integers(0, len(data)))])
    for found in (decoded(bytes(data)), decoded(cut)):
        for _, call in found.walk():
            assert re.fullmatch(r"[ -~]+", call.sentence)
            assert all(
                0 <= fault.where.start <= fault.where.stop <= len(call.call.data) for fault in call.faults
            )


@given(calls)
def test_meaning__at_the_vault_itself__never_a_standard(drawn: tuple[Standard, AbiValue]) -> None:
    one, arguments = drawn
    data = one.function.selector + encode(one.function.inputs, arguments)
    assert NAMES.vault is not None
    assert decoded(data, to=NAMES.vault).naming in (Naming.OWN, Naming.NONE)
