// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Approval, Call, IVault, Operation} from "../../contracts/interfaces/IVault.sol";
import {BYPASS_LEDGER, VALIDATION} from "../../contracts/libraries/Companions.sol";
import {MemberRecord} from "../../contracts/types/MemberRecord.sol";
import {SeatSet} from "../../contracts/types/SeatSet.sol";
import {and, implies, or, same} from "./Logic.sol";
import {svm, vm} from "./Symbolic.sol";

interface IVaultCode {
    function runtime() external pure returns (bytes memory);
}

/// In place of a companion: accepts everything, and answers every question with any word at all.
contract AnyAnswer {
    fallback(bytes calldata) external returns (bytes memory) {
        return abi.encode(svm.createUint256("answer"));
    }
}

/// What one lane holds.
struct Lane {
    uint256 id;
    uint256 word;
}

/// Words of the settings, one of each family that there is; each at a place that stands for every place.
struct Settings {
    uint256 roster;
    uint256 terms;
    uint256 founding;
    uint256 record;
    uint256 seat;
    uint256 person;
    uint256 registry;
    uint256 counterparty;
    uint256 limits;
}

/// A vault in any state at all: every word of its storage is a value that stands for every value.
/// Each proof takes one step from there. What a state must be like for the step to be allowed, the proof assumes.
abstract contract VaultHarness {
    IVault internal constant vault = IVault(address(0xaaaa));

    // Where the vault keeps what. scripts/prove compares these with the layout that the compiler tells.
    uint256 internal constant ROSTER_SLOT = 0;
    uint256 internal constant TIERS_SLOT = 1;
    uint256 internal constant FOUNDING_SLOT = 2;
    uint256 internal constant LANES_SLOT = 3;
    uint256 internal constant WITHDRAWN_SLOT = 4;
    uint256 internal constant SEATS_SLOT = 5;
    uint256 internal constant RECORDS_SLOT = 6;
    uint256 internal constant PERSONS_SLOT = 7;
    uint256 internal constant GROUPS_SLOT = 11;
    uint256 internal constant REGISTRY_SLOT = 13;
    uint256 internal constant ASSETS_SLOT = 14;
    uint256 internal constant COUNTERPARTIES_SLOT = 15;
    uint256 internal constant RULES_SLOT = 16;

    function setUp() public virtual {
        bytes memory creation = vm.getCode("VaultCode.sol:VaultCode");
        address code;
        assembly ("memory-safe") {
            // A new contract from the bytes behind the length word.
            code := create(0, add(creation, 0x20), mload(creation))
        }
        vm.etch(address(vault), IVaultCode(code).runtime());
        vm.etch(VALIDATION, type(AnyAnswer).runtimeCode);
        vm.etch(BYPASS_LEDGER, type(AnyAnswer).runtimeCode);
        svm.enableSymbolicStorage(address(vault));
        // A publication keeps 32 bits of blocks; and seconds since 1970 have not filled 38 bits for 8,000 years to come.
        uint256 time = svm.createUint256("time");
        vm.assume(and(time > 365 days, time < 1 << 38));
        vm.warp(time);
        uint256 number = svm.createUint256("number");
        vm.assume(and(number > 0, number < 1 << 32));
        vm.roll(number);
    }

    /// One call by somebody. Whether the vault takes it is for the vault to say.
    function call(address sender, bytes memory data) internal returns (bool success) {
        vm.prank(sender, sender);
        (success,) = address(vault).call(data);
    }

    /// An operation of one call, with `length` bytes of data.
    function anyOperation(uint256 length) internal pure returns (Operation memory operation) {
        operation.calls = new Call[](1);
        operation.calls[0].target = svm.createAddress("target");
        operation.calls[0].value = svm.createUint256("value");
        if (length != 0) operation.calls[0].data = svm.createBytes(length, "data");
        operation.lane = uint16(svm.createUint256("operation.lane"));
        operation.sequence = uint32(svm.createUint256("operation.sequence"));
        operation.approveBy = uint40(svm.createUint256("operation.approveBy"));
    }

    /// Approvals of anybody, signed or not.
    function anyApprovals(uint256 length) internal pure returns (Approval[] memory approvals) {
        approvals = new Approval[](length);
        for (uint256 i = 0; i < length; ++i) {
            approvals[i] = anyApproval();
        }
    }

    function anyApproval() internal pure returns (Approval memory approval) {
        uint256[3] memory words;
        for (uint256 i = 0; i < 3; ++i) {
            words[i] = svm.createUint256("approval");
        }
        assembly ("memory-safe") {
            // An approval is three words.
            approval := words
        }
    }

    // Words are read from storage itself: the vault's views would branch, and these are what its views are to tell.

    function see(uint256 index) internal view returns (Lane memory) {
        bytes32 slot = keccak256(abi.encode(index, LANES_SLOT));
        return Lane(_load(slot), _load(bytes32(uint256(slot) + 1)));
    }

    /// READY and EXPIRED follow from the clock: storage holds neither.
    function isLane(Lane memory lane) internal pure returns (bool) {
        uint256 stored = (lane.word >> 248) & 7;
        return and(!same(stored, 3), !same(stored, 7));
    }

    /// Open: PROPOSED until `approveBy`, WAITING until `expiresAt`, both included.
    function isOpen(Lane memory lane) internal view returns (bool) {
        bool isProposed = and(same((lane.word >> 248) & 7, 1), block.timestamp <= uint40(lane.word >> 96));
        return or(isProposed, and(same((lane.word >> 248) & 7, 2), block.timestamp <= _expiresAt(lane)));
    }

    /// WAITING, from `readyAt` to `expiresAt`, both included.
    function isReady(Lane memory lane) internal view returns (bool) {
        bool isInTime = and(block.timestamp >= uint40(lane.word >> 96), block.timestamp <= _expiresAt(lane));
        return and(same((lane.word >> 248) & 7, 2), isInTime);
    }

    /// Approvals are never the publisher's; and where a lane is WAITING and nothing changed since it was counted, they are
    /// a quorum. The vault executes such a lane without counting again, so this must hold at all times.
    function isCounted(Lane memory lane, uint256 roster_, uint256 terms, uint256 index)
        internal
        pure
        returns (bool)
    {
        uint256 publisher = (index / 8) & 0xff;
        uint256 live = lane.word & roster_ & type(uint64).max;
        bool isPublishers = same((lane.word & type(uint64).max) >> publisher & 1, 1);
        uint256 quorum = same(lane.word >> 254 & 1, 1) ? uint8(roster_ >> 224) : uint8(terms);
        bool isCurrent =
            and(same((lane.word >> 248) & 7, 2), same(uint32(lane.word >> 64), uint32(roster_ >> 192)));
        return and(!isPublishers, implies(isCurrent, count(live) >= quorum));
    }

    /// How many of the 64 lowest bits are set, counted as the vault counts: `seats-count` proves that this is their sum.
    function count(uint256 x) internal pure returns (uint256) {
        return SeatSet.wrap(x & type(uint64).max).count();
    }

    function _expiresAt(Lane memory lane) private pure returns (uint256) {
        unchecked {
            return uint256(uint40(lane.word >> 96)) + uint256(uint16(lane.word >> 136)) * 1 hours;
        }
    }

    function roster() internal view returns (uint256) {
        return _load(bytes32(ROSTER_SLOT));
    }

    function recordOf(address account) internal view returns (MemberRecord) {
        return MemberRecord.wrap(_load(keccak256(abi.encode(account, RECORDS_SLOT))));
    }

    function termsOf(uint256 tier) internal view returns (uint256) {
        return _load(keccak256(abi.encode(tier, TIERS_SLOT)));
    }

    function ruleOf(address target, uint256 selector) internal view returns (uint256) {
        return _load(keccak256(abi.encode(selector, keccak256(abi.encode(target, RULES_SLOT)))));
    }

    /// The settings at any place. Settings of an asset leave its bucket out.
    function settings(address account, uint256 number) internal view returns (Settings memory) {
        return Settings({
            roster: roster(),
            terms: termsOf(number),
            founding: _load(bytes32(FOUNDING_SLOT)),
            record: MemberRecord.unwrap(recordOf(account)),
            seat: _load(keccak256(abi.encode(number, SEATS_SLOT))),
            person: _load(keccak256(abi.encode(number, PERSONS_SLOT))),
            registry: _load(bytes32(REGISTRY_SLOT)),
            counterparty: _load(keccak256(abi.encode(account, COUNTERPARTIES_SLOT))),
            limits: _load(keccak256(abi.encode(account, ASSETS_SLOT))) & ((1 << 144) - 1)
        });
    }

    function areSame(Settings memory a, Settings memory b) internal pure returns (bool equal) {
        equal = and(same(a.roster, b.roster), same(a.terms, b.terms));
        equal = and(equal, and(same(a.founding, b.founding), same(a.record, b.record)));
        equal = and(equal, and(same(a.seat, b.seat), same(a.person, b.person)));
        equal = and(equal, and(same(a.registry, b.registry), same(a.counterparty, b.counterparty)));
        equal = and(equal, same(a.limits, b.limits));
    }

    function _load(bytes32 slot) private view returns (uint256) {
        return uint256(vm.load(address(vault), slot));
    }
}
