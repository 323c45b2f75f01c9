"""Thefts that happened, by what was signed: each call hands somebody power over assets or code, or the assets."""

from __future__ import annotations

from typing import Any

import pytest
from eth_abi.abi import encode
from eth_hash.auto import keccak

from tests.core.rules.cases import (
    ALICE,
    MALLORY,
    PROTOCOL,
    ROUTER,
    SAFE,
    TOKEN,
    account,
    call,
    calldata,
    case_of,
    findings,
    policy,
    token,
)
from tests.core.rules.test_rules_from_bytes import EXEC, LISTED, loud, packed, through_safe
from tests.desk.fakes import VAULT
from verifier.assess.case import Case
from verifier.assess.rules.table import judge_case
from verifier.decode.lexicon import Lexicon
from verifier.decode.sentence import say_operation
from verifier.model.address import NOBODY, Address
from verifier.model.asset import Use
from verifier.model.finding import Severity
from verifier.model.operation import Call

LABELS = {PROTOCOL: "Pool", SAFE: "Our Safe", ROUTER: "Router", TOKEN: "USDC", ALICE: "Alice"}
POLICY = policy(assets={TOKEN: LISTED}, uses={ROUTER: Use.SPENDER | Use.RECIPIENT})
ROOT = b"\x12" * 32
FAR = bytes(12) + MALLORY
LATER = 1_900_000_000
ALL = (1 << 256) - 1
NOW = 60
MARKET = (TOKEN, TOKEN, NOBODY, NOBODY, 1)
MARKETS = "(address,address,address,address,uint256)"
ORDERS = (
    "validate(((address,address,(uint8,address,uint256,uint256,uint256)[],(uint8,address,uint256,uint256,uint256,"
    "address)[],uint8,uint256,uint256,bytes32,uint256,bytes32,uint256),bytes)[])"
)
SELL_FOR_NOTHING = (
    (
        VAULT,
        NOBODY,
        [(1, TOKEN, 0, ALL, ALL)],
        [(1, TOKEN, 0, 1, 1, MALLORY)],
        0,
        0,
        LATER,
        ROOT,
        0,
        ROOT,
        1,
    ),
    b"",
)


def case(*calls: Call) -> Case:
    return case_of(*calls, labels=LABELS, policy=POLICY)


def dangers(one: Case) -> set[str]:
    return {found.rule for found in judge_case(one) if found.severity is Severity.DANGER}


def said(one: Case) -> str:
    lexicon = Lexicon(vault=VAULT, labels=LABELS, assets=POLICY.assets)
    return say_operation(one.calls, lexicon)


THEFTS: list[tuple[str, tuple[Any, ...], str]] = [
    # -- who owns, decides, signs
    ("proposeOwner(address)", (MALLORY,), "authority-owner"),
    ("transferGovernorship(address)", (MALLORY,), "authority-admin"),
    ("rely(address)", (MALLORY,), "authority-admin"),
    ("setProxyAdmin(address)", (MALLORY,), "authority-admin"),
    ("setPermissionManager(address,address,bytes32)", (MALLORY, PROTOCOL, ROOT), "authority-admin"),
    ("initialize(address)", (MALLORY,), "authority-admin"),
    ("setDelegate(address)", (MALLORY,), "authority-admin"),
    ("grantRole(bytes32,address)", (keccak(b"MINTER_ROLE"), MALLORY), "authority-role"),
    ("setMinter(address)", (MALLORY,), "authority-role"),
    ("grantRoles(address,uint256)", (MALLORY, 1), "authority-role"),
    ("setUserRole(address,uint8,bool)", (MALLORY, 0, True), "authority-role"),
    ("grant(address,address,bytes32)", (PROTOCOL, MALLORY, ROOT), "authority-role"),
    ("setOperator(address)", (MALLORY,), "authority-role"),
    ("assignRoles(address,bytes32[],bool[])", (MALLORY, [ROOT], [True]), "authority-role"),
    ("setPublicCapability(address,bytes4,bool)", (PROTOCOL, b"\1\2\3\4", True), "authority-check-off"),
    ("addOwnerWithThreshold(address,uint256)", (MALLORY, 2), "authority-signer"),
    ("replaceOwner(address,address)", (ALICE, MALLORY), "authority-signer"),
    ("addOwnerPublicKey(bytes32,bytes32)", (ROOT, ROOT), "authority-signer"),
    ("registerAllowedOrderSigner(address,bool)", (MALLORY, True), "authority-signer"),
    ("changeRequirement(uint256)", (1,), "authority-alone"),
    ("setTxCooldown(uint256)", (0,), "authority-undelayed"),
    ("updateDelay(uint256)", (NOW,), "authority-undelayed"),
    ("setAvatar(address)", (MALLORY,), "authority-module"),
    ("setDomainVerifier(bytes32,address)", (ROOT, MALLORY), "authority-module"),
    ("setGuard(address)", (MALLORY,), "authority-guard"),
    # -- which code runs
    ("updateImplementation(address)", (MALLORY,), "authority-code"),
    ("setBeacon(address)", (MALLORY,), "authority-code"),
    ("upgradeToAndCall(address,bytes,bool)", (MALLORY, b"", False), "authority-code"),
    ("deprecate(address)", (MALLORY,), "authority-code"),
    ("setApp(bytes32,bytes32,address)", (ROOT, ROOT, MALLORY), "authority-code"),
    # -- who is believed
    ("setOracle(address,address)", (TOKEN, MALLORY), "authority-trusted"),
    ("setAssetSources(address[],address[])", ([TOKEN], [MALLORY]), "authority-trusted"),
    ("proposeAggregator(address)", (MALLORY,), "authority-trusted"),
    ("setPeer(uint32,bytes32)", (30_101, FAR), "authority-trusted"),
    ("setTrustedRemote(uint16,bytes)", (101, bytes(MALLORY) + bytes(PROTOCOL)), "authority-trusted"),
    ("enrollRemoteRouter(uint32,bytes32)", (1, FAR), "authority-trusted"),
    ("setInterchainSecurityModule(address)", (MALLORY,), "authority-trusted"),
    ("setConfirmation(bytes32,uint256)", (bytes(32), 1), "authority-trusted"),
    ("addValidators(address[])", ([ALICE, MALLORY],), "authority-trusted"),
    ("setTrustedForwarder(address)", (MALLORY,), "authority-trusted"),
    ("setResolver(bytes32,address)", (ROOT, MALLORY), "authority-trusted"),
    ("setContenthash(bytes32,bytes)", (ROOT, b"a page"), "authority-trusted"),
    ("setSendLibrary(address,uint32,address)", (PROTOCOL, 30_101, MALLORY), "authority-trusted"),
    (
        "setConfig(address,address,(uint32,uint32,bytes)[])",
        (PROTOCOL, PROTOCOL, [(30_101, 2, b"")]),
        "authority-trusted",
    ),
    ("setTransceiver(address)", (MALLORY,), "authority-trusted"),
    ("submitNewGuardianSet(bytes)", (b"signed",), "authority-trusted"),
    ("changeMPCOwner(address)", (MALLORY,), "authority-admin"),
    ("delegate(address)", (MALLORY,), "authority-role"),
    ("delegateAll(address,bytes32,bool)", (MALLORY, ROOT, True), "authority-role"),
    # -- who is paid
    ("setFeeRecipient(address)", (MALLORY,), "authority-payee"),
    ("setAddr(bytes32,address)", (ROOT, MALLORY), "authority-payee"),
    ("setWithdrawalCredentials(bytes32)", (b"\x01" + bytes(11) + MALLORY,), "authority-payee"),
    ("setClaimerFor(address)", (MALLORY,), "authority-payee"),
    # -- who may act for the vault
    ("setApprovalForAll(address,bool)", (MALLORY, True), "allowance-to-stranger"),
    ("setOperator(address,bool)", (MALLORY, True), "allowance-to-stranger"),
    ("setOperators((address,bool)[])", ([(MALLORY, True)],), "allowance-to-stranger"),
    ("authorizeOperator(address)", (MALLORY,), "allowance-to-stranger"),
    ("allow(address,bool)", (MALLORY, True), "allowance-to-stranger"),
    ("setAuthorization(address,bool)", (MALLORY, True), "allowance-to-stranger"),
    ("setRelayerApproval(address,address,bool)", (VAULT, MALLORY, True), "allowance-to-stranger"),
    ("hope(address)", (MALLORY,), "allowance-to-stranger"),
    ("setAccountOperator(address,address,bool)", (VAULT, MALLORY, True), "allowance-to-stranger"),
    (
        "exec(address,address,uint256,address,bytes)",
        (MALLORY, TOKEN, ALL, PROTOCOL, b""),
        "allowance-to-stranger",
    ),
    (
        "createFlow(address,address,address,int96,bytes)",
        (TOKEN, VAULT, MALLORY, 5, b""),
        "allowance-to-stranger",
    ),
    ("grantPermissions(address,address)", (TOKEN, MALLORY), "allowance-to-stranger"),
    ("increaseAllowance(address,uint256)", (MALLORY, ALL), "allowance-to-stranger"),
    (
        "approve(address,address,uint160,uint48)",
        (TOKEN, MALLORY, (1 << 160) - 1, LATER),
        "allowance-to-stranger",
    ),
    (
        "permit(address,((address,uint160,uint48,uint48)[],address,uint256),bytes)",
        (VAULT, ([(TOKEN, (1 << 160) - 1, LATER, 0)], MALLORY, LATER), b""),
        "allowance-to-stranger",
    ),
    (
        "setAllowance(address,address,uint96,uint16,uint32)",
        (MALLORY, TOKEN, 5, 60, 0),
        "allowance-to-stranger",
    ),
    # -- what somebody else consents to, or fills
    ("approveHash(bytes32)", (ROOT,), "consent-unseen"),
    ("setPreSignature(bytes,bool)", (bytes(56), True), "consent-unseen"),
    ("setRoot(bytes32,(uint256,bytes))", (ROOT, (0, b"")), "consent-unseen"),
    ("confirmTransaction(uint256)", (7,), "consent-unseen"),
    ("executeTransaction(uint256)", (7,), "consent-unseen"),
    ("execute(uint256)", (7,), "consent-unseen"),
    ("emergencyCommit(uint32)", (7,), "consent-unseen"),
    # -- code that is run
    (
        "execTransactionWithRole(address,uint256,bytes,uint8,bytes32,bool)",
        (MALLORY, 0, calldata("transfer(address,uint256)", ALICE, 0), 1, ROOT, True),
        "delegate-call",
    ),
    (
        "executeNextTx(address,uint256,bytes,uint8)",
        (MALLORY, 0, calldata("transfer(address,uint256)", ALICE, 0), 1),
        "delegate-call",
    ),
    ("execute(bytes,bytes)", (b"\x60\x00", b"\1\2\3\4"), "calls-unopened"),
    ("plot(address,bytes32,bytes,uint256)", (MALLORY, ROOT, b"\1\2\3\4", LATER), "delegate-call"),
]


@pytest.mark.parametrize(("signature", "arguments", "rule"), THEFTS)
def test_incident__power_to_a_stranger__danger_wherever_it_hides(
    signature: str, arguments: tuple[Any, ...], rule: str
) -> None:
    theft = call(PROTOCOL, signature, *arguments)
    assert rule in dangers(case(theft))
    harmless = call(TOKEN, "approve(address,uint256)", ALICE, 0)
    hidden = [
        through_safe(PROTOCOL, theft.data),
        call(PROTOCOL, "multicall(bytes[])", [calldata("multicall(bytes[])", [harmless.data, theft.data])]),
        call(ROUTER, "aggregate3((address,bool,bytes)[])", [(PROTOCOL, True, theft.data)]),
        call(
            PROTOCOL,
            "schedule(address,uint256,bytes,bytes32,bytes32,uint256)",
            PROTOCOL, 0, theft.data, ROOT, ROOT, 172_800,
        ),
        call(PROTOCOL, "propose(address[],uint256[],bytes[],string)", [PROTOCOL], [0], [theft.data], "Housekeeping"),
        call(
            ROUTER,
            "batch((address,address,uint256,bytes)[])",
            [(TOKEN, VAULT, 0, harmless.data), (PROTOCOL, VAULT, 0, theft.data)],
        ),
        call(PROTOCOL, "batch(bytes[],bool)", [harmless.data, theft.data], False),
        call(ROUTER, "multicall((address,bytes,uint256,bool,bytes32)[])", [(PROTOCOL, theft.data, 0, True, ROOT)]),
        call(ROUTER, "exec(address,address,uint256,address,bytes)", ROUTER, TOKEN, 5, PROTOCOL, theft.data),
        # The sixtieth of sixty.
        call(SAFE, EXEC, ROUTER, 0, packed(*[harmless] * 59, theft), 1, 0, 0, 0, NOBODY, NOBODY, b""),
    ]  # fmt: skip
    for one in hidden:
        assert rule in dangers(case(one))


@pytest.mark.parametrize(("signature", "arguments", "rule"), [one for one in THEFTS if MALLORY in one[1]])
def test_incident__the_sentence__names_the_whole_account(
    signature: str, arguments: tuple[Any, ...], rule: str
) -> None:
    one = case(call(PROTOCOL, signature, *arguments))
    assert str(MALLORY) in said(one)
    assert any(str(MALLORY) in found.sentence for found in findings(one, rule))


@pytest.mark.parametrize(
    "honest",
    [
        call(PROTOCOL, "setOperator(address,bool)", MALLORY, False),
        call(PROTOCOL, "allow(address,bool)", MALLORY, False),
        call(PROTOCOL, "nope(address)", MALLORY),
        call(PROTOCOL, "revokeOperator(address)", MALLORY),
        call(PROTOCOL, "setUserRole(address,uint8,bool)", MALLORY, 0, False),
        call(PROTOCOL, "registerAllowedOrderSigner(address,bool)", MALLORY, False),
        call(PROTOCOL, "setPublicCapability(address,bytes4,bool)", PROTOCOL, b"\1\2\3\4", False),
        call(PROTOCOL, "revokeRoles(address,uint256)", MALLORY, 1),
        call(PROTOCOL, "setPreSignature(bytes,bool)", bytes(56), False),
        # To the vault itself.
        call(PROTOCOL, "setFeeRecipient(address)", VAULT),
        call(PROTOCOL, "proposeOwner(address)", VAULT),
        call(PROTOCOL, "delegate(address)", VAULT),
        call(PROTOCOL, "setFlowrate(address,address,int96)", TOKEN, MALLORY, 0),
        call(ROUTER, "exchange(int128,int128,uint256,uint256)", 0, 1, 10**9, 10**9),
        call(
            ROUTER, "unoswap(uint256,uint256,uint256,uint256)",
            int.from_bytes(TOKEN, "big"), 10**9, 10**9, 1 << 253 | int.from_bytes(PROTOCOL, "big"),
        ),
        call(PROTOCOL, "withdraw(uint256,address,address)", 5, VAULT, VAULT),
        call(PROTOCOL, "requestRedeem(uint256,address,address)", 5, VAULT, VAULT),
        call(PROTOCOL, "requestWithdrawals(uint256[],address)", [5], VAULT),
        call(PROTOCOL, "withdrawTo(address,address,uint256)", VAULT, TOKEN, 5),
        call(PROTOCOL, f"withdraw({MARKETS},uint256,uint256,address,address)", MARKET, 5, 0, VAULT, VAULT),
        call(PROTOCOL, f"supply({MARKETS},uint256,uint256,address,bytes)", MARKET, 5, 0, VAULT, b""),
        call(PROTOCOL, "sweep(address,address)", TOKEN, VAULT),
        # To whom the signer knows, on this chain or another one.
        call(PROTOCOL, "depositForBurn(uint256,uint32,bytes32,address)", 5, 3, bytes(12) + ALICE, TOKEN),
        call(PROTOCOL, "bridgeERC20To(address,address,address,uint256,uint32,bytes)", TOKEN, TOKEN, ALICE, 5, 0, b""),
        call(PROTOCOL, "disperseToken(address,address[],uint256[])", TOKEN, [ALICE, VAULT], [5, 6]),
        call(PROTOCOL, "propose(address[],uint256[],bytes[],string)", [], [], [], "A question"),
        # Limited, and to whom the vault allows to spend.
        call(TOKEN, "approve(address,uint256)", ROUTER, 40),
    ],
)  # fmt: skip
def test_incident__the_honest_neighbour__nothing_to_say(honest: Call) -> None:
    assert loud(case(honest)) == set()


def test_unlimited__to_whom_the_vault_or_the_signer_knows__no_danger() -> None:
    for spender in (ROUTER, ALICE):
        assert dangers(case(call(TOKEN, "approve(address,uint256)", spender, ALL))) == set()
    # A stranger with a limit is asked about, as whoever is paid.
    assert dangers(case(call(TOKEN, "approve(address,uint256)", MALLORY, 40))) == set()


def test_allowance__of_all_that_is_there__to_a_stranger__as_one_without_limit() -> None:
    for amount, expected in ((10**9, {"allowance-to-stranger"}), (10**9 - 1, set())):
        one = case_of(
            call(TOKEN, "approve(address,uint256)", MALLORY, amount),
            labels=LABELS,
            policy=POLICY,
            accounts=[account(TOKEN, token=token(balance=10**9)), account(MALLORY)],
        )
        assert dangers(one) == expected


def test_label__of_who_gets_power__a_danger_no_more() -> None:
    known = {**LABELS, MALLORY: "Deployer"}
    for signature, arguments, rule in THEFTS:
        if rule.startswith("authority-") and any(each == MALLORY for each in arguments):
            one = case_of(call(PROTOCOL, signature, *arguments), labels=known, policy=POLICY)
            assert rule not in dangers(one), signature


@pytest.mark.parametrize(
    "theft",
    [
        call(PROTOCOL, "depositForBurn(uint256,uint32,bytes32,address)", 5, 3, FAR, TOKEN),
        call(PROTOCOL, "transferTokens(address,uint256,uint16,bytes32,uint256,uint32)", TOKEN, 5_000, 2, FAR, 0, 0),
        call(
            PROTOCOL,
            "send((uint32,bytes32,uint256,uint256,bytes,bytes,bytes),(uint256,uint256),address)",
            (30_101, FAR, 5_000, 5_000, b"", b"", b""), (1, 0), VAULT,
        ),
        call(PROTOCOL, "sendFrom(address,uint16,bytes,uint256,address,address,bytes)",
             VAULT, 101, bytes(MALLORY), 5, VAULT, NOBODY, b""),
        call(PROTOCOL, "transferRemote(uint32,bytes32,uint256)", 1, FAR, 5),
        call(PROTOCOL, "transfer(uint256,uint16,bytes32)", 5, 1, FAR),
        call(
            PROTOCOL,
            "swap(uint16,uint256,uint256,address,uint256,uint256,(uint256,uint256,bytes),bytes,bytes)",
            101, 1, 1, VAULT, 5_000, 4_000, (0, 0, b""), bytes(MALLORY), b"", value=1,
        ),
        call(PROTOCOL, "outboundTransfer(address,address,uint256,uint256,uint256,bytes)", TOKEN, MALLORY, 5, 1, 1, b""),
        call(PROTOCOL, "depositETHTo(address,uint32,bytes)", MALLORY, 0, b"", value=5),
        call(PROTOCOL, "depositFor(address,address,bytes)", MALLORY, TOKEN, encode(["uint256"], [5])),
        call(
            PROTOCOL,
            "ccipSend(uint64,(bytes,bytes,(address,uint256)[],address,bytes))",
            1, (encode(["address"], [MALLORY]), b"", [(TOKEN, 5)], NOBODY, b""),
        ),
        # What is too much, or what is not delivered, goes to the thief.
        call(
            PROTOCOL,
            "createRetryableTicket(address,uint256,uint256,address,address,uint256,uint256,bytes)",
            VAULT, 0, 1, MALLORY, VAULT, 1, 1, b"", value=5,
        ),
        call(
            PROTOCOL,
            "depositV3(address,address,address,address,uint256,uint256,uint256,address,uint32,uint32,uint32,bytes)",
            MALLORY, ALICE, TOKEN, TOKEN, 5_000, 5_000, 10, NOBODY, 0, LATER, 0, b"",
        ),
        call(PROTOCOL, "withdraw(uint256,address,address)", 5, MALLORY, VAULT),
        call(PROTOCOL, "requestRedeem(uint256,address,address)", 5, MALLORY, VAULT),
        call(PROTOCOL, "withdrawTo(address,address,uint256)", MALLORY, TOKEN, 5),
        call(PROTOCOL, f"borrow({MARKETS},uint256,uint256,address,address)", MARKET, 5, 0, VAULT, MALLORY),
        call(PROTOCOL, f"supplyCollateral({MARKETS},uint256,address,bytes)", MARKET, 5, MALLORY, b""),
        call(PROTOCOL, "claimWithdrawalsTo(uint256[],uint256[],address)", [1], [1], MALLORY),
        call(PROTOCOL, "deposit(bytes,bytes,bytes,bytes32)",
             bytes(48), b"\x01" + bytes(11) + MALLORY, bytes(96), ROOT, value=5),
        call(PROTOCOL, "disperseToken(address,address[],uint256[])", TOKEN, [ALICE, MALLORY], [1, 5]),
        call(PROTOCOL, "submitTransaction(address,uint256,bytes)", MALLORY, 5, b""),
        call(PROTOCOL, ORDERS, [SELL_FOR_NOTHING]),
    ],
)  # fmt: skip
def test_assets__to_a_stranger_by_a_bridge_or_an_order__who_gains_by_it(theft: Call) -> None:
    one = case(theft)
    assert any(str(MALLORY) in found.sentence for found in findings(one, "counterparty-unknown"))
    assert str(MALLORY) in said(one)


@pytest.mark.parametrize(
    "theft",
    [
        call(PROTOCOL, "depositForBurn(uint256,uint32,bytes32,address)", 5, 5, b"\x77" * 32, TOKEN),
        call(
            PROTOCOL,
            "deposit(bytes,bytes,bytes,bytes32)",
            bytes(48), b"\x00" + b"\x77" * 31, bytes(96), ROOT, value=5,
        ),
    ],
)  # fmt: skip
def test_assets__to_another_chains_own_kind_of_account__warned(theft: Call) -> None:
    (found,) = findings(case(theft), "recipient-elsewhere")
    assert found.severity is Severity.WARNING
    assert "77" * 31 in found.sentence


@pytest.mark.parametrize(
    ("theft", "floor"),
    [
        (
            "depositV3(address,address,address,address,uint256,uint256,uint256,address,uint32,uint32,uint32,bytes)",
            (VAULT, ALICE, TOKEN, TOKEN, 10**9, 1, 10, NOBODY, 0, LATER, 0, b""),
        ),
        (
            "transferTokens(address,uint256,uint16,bytes32,uint256,uint32)",
            (TOKEN, 10**9, 2, bytes(12) + ALICE, 10**9, 0),
        ),
        (
            "depositForBurn(uint256,uint32,bytes32,address,bytes32,uint256,uint32)",
            (10**9, 3, bytes(12) + ALICE, TOKEN, bytes(32), 10**9, 1_000),
        ),
    ],
)
def test_bridge__that_may_keep_all_of_it__warned(theft: str, floor: tuple[Any, ...]) -> None:
    assert loud(case(call(PROTOCOL, theft, *floor))) == {"exchange-without-floor"}


def test_unknown_function__with_a_stranger_in_it__the_stranger_is_named() -> None:
    (found,) = findings(case(call(PROTOCOL, "quite(address,uint256)", MALLORY, 5)), "function-unknown")
    assert str(MALLORY) in found.sentence
    (found,) = findings(case(call(PROTOCOL, "quite(address,uint256)", ALICE, 5)), "function-unknown")
    assert "accounts that you have no label for" not in found.sentence


def test_stake__over_to_another_validator__danger() -> None:
    predeploy = Address.parse("0x0000BBdDc7CE488642fb579F8B00f3a590007251")
    mine, others = b"\x0a" * 48, b"\x0b" * 48
    joined, renewed = (
        Call(target=predeploy, value=1, data=mine + to)  # type: ignore[arg-type]  # in wei
        for to in (others, mine)
    )
    (found,) = findings(case(joined), "stake-moved")
    assert (found.severity, others.hex() in found.sentence) == (Severity.DANGER, True)
    # To itself it only changes its kind.
    assert findings(case(renewed), "stake-moved") == []
