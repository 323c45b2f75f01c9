// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IValidation} from "../../contracts/interfaces/IValidation.sol";
import {Approval} from "../../contracts/interfaces/IVault.sol";
import {VALIDATION} from "../../contracts/libraries/Companions.sol";
import {ApprovalHead} from "../../contracts/types/ApprovalHead.sol";
import {and, choose, or, same} from "./Logic.sol";
import {vm} from "./Symbolic.sol";
import {Lane, VaultHarness} from "./VaultHarness.sol";

/// In place of Validation: yes or no, by any function of the question, so that a proof can ask again.
contract SameAnswer {
    fallback(bytes calldata question) external returns (bytes memory) {
        return abi.encode(uint256(keccak256(question)) & 1);
    }
}

/// One entry of a list, as the proof reads it.
struct Consent {
    uint256 seat;
    uint256 publication;
    /// Whoever sits in the seat signed, or sent the transaction.
    bool isGiven;
    bool isSigned;
    uint256 record;
}

/// Who approved what, and when that is a quorum: said again from the design's words, on the bare bits.
abstract contract ApprovalHarness is VaultHarness {
    /// Sends every transaction: any account without code, since nothing is known of it but that.
    address internal constant SENDER = address(0xcccc);

    // The fields of a lane's word, as types/LaneState.sol draws them.
    uint256 internal constant APPROVALS = type(uint64).max;
    uint256 internal constant TIMES = uint256(type(uint56).max) << 96;
    uint256 internal constant STATUS = 7 << 248;
    uint256 internal constant TIER = 3 << 251;
    uint256 internal constant SEAT_OPERATION = 1 << 253;
    uint256 internal constant WITHDRAWALS = 1 << 255;

    bytes32 private constant DOMAIN =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    bytes32 internal constant APPROVE = keccak256(
        "Approve(Operation operation,uint64 publication)" "Call(address target,uint256 value,bytes data)"
        "Operation(Call[] calls,uint16 lane,uint32 sequence,uint40 approveBy)"
    );
    bytes32 internal constant EXPEDITE = keccak256(
        "Expedite(Operation operation,uint64 publication,uint40 readyAt)"
        "Call(address target,uint256 value,bytes data)"
        "Operation(Call[] calls,uint16 lane,uint32 sequence,uint40 approveBy)"
    );
    uint256 private constant HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;

    function setUp() public virtual override {
        super.setUp();
        vm.etch(VALIDATION, type(SameAnswer).runtimeCode);
        // What `ecrecover` answers where there is no signer: nobody enters the vault with it.
        vm.assume(same(wordOf(address(0)), 0));
    }

    function statusOf(uint256 word) internal pure returns (uint256) {
        return (word >> 248) & 7;
    }

    function tierOf(uint256 word) internal pure returns (uint256) {
        return (word >> 251) & 3;
    }

    function publicationOf(uint256 word) internal pure returns (uint256) {
        return uint64(word >> 152);
    }

    function isSeatOperation(uint256 word) internal pure returns (bool) {
        return same((word >> 253) & 1, 1);
    }

    /// Counted by the roster that there is.
    function isCurrent(uint256 word, uint256 roster_) internal pure returns (bool) {
        return same(uint32(word >> 64), uint32(roster_ >> 192));
    }

    function hasSeat(uint256 set, uint256 seat) internal pure returns (bool) {
        return same((set >> seat) & 1, 1);
    }

    /// What a segregated quorum is asked for.
    function isSegregated(uint256 word, uint256 terms) internal pure returns (bool) {
        return and(uint8(terms >> 80) != 0, !isSeatOperation(word));
    }

    /// The approvals are a quorum by this roster and these terms, and who published may publish it.
    function stands(uint256 word, uint256 index, uint256 roster_, uint256 terms)
        internal
        pure
        returns (bool)
    {
        uint256 publisher = index / 8;
        uint256 approvers = uint64(roster_);
        uint256 live = word & approvers;
        uint256 supermajority = uint8(roster_ >> 224);
        uint256 needed = choose(hasSeat(word, 254), supermajority, uint8(terms));
        bool isEnough = and(count(live) >= needed, count(live & (roster_ >> 64)) >= uint8(terms >> 8));
        bool outlives = or(hasSeat(approvers, publisher), count(live) >= supermajority);
        bool mayPublish = or(hasSeat(uint64(roster_ >> 128), publisher), and(isSeatOperation(word), outlives));
        return and(isEnough, mayPublish);
    }

    /// The EIP-712 digest of a message of the vault's.
    function digestOf(bytes memory message) internal view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(DOMAIN, keccak256("Fourth Signer"), keccak256("1"), block.chainid, address(vault))
        );
        return keccak256(abi.encodePacked(hex"1901", domain, keccak256(message)));
    }

    function approvalDigest(uint256 id, uint256 publication) internal view returns (bytes32) {
        return digestOf(abi.encode(APPROVE, id, publication));
    }

    /// What an entry says: by a group's signature, by a transaction of one's own, or by a signature.
    function consentOf(Approval memory entry, bytes32 digest) internal view returns (Consent memory consent) {
        uint256 head = ApprovalHead.unwrap(entry.head);
        consent.seat = uint8(head >> 8);
        consent.publication = head >> 16;
        bool isGroup = same(uint8(head) | 1, 3);
        bool isOwn = same(uint8(head), 0);
        consent.isSigned = !isOwn;

        address sitting = sittingIn(consent.seat);
        uint256 group = wordOf(sitting);
        bool isGroupSigned =
            IValidation(VALIDATION).isSigned(groupKeyOf(sitting), uint8(group >> 24), digest, entry);

        uint256 recovered = uint160(ecrecover(digest, uint8(head), entry.r, entry.s));
        uint256 signer = choose(isOwn, uint160(SENDER), recovered);
        uint256 record = wordOf(address(uint160(signer)));
        bool isActive = or(same(uint8(record >> 8), 1), same(uint8(record >> 8), 2));
        bool isAccount = and(same(uint8(record), consent.seat), and(isActive, same(uint8(record >> 24), 0)));
        bool isCanonical = or(isOwn, uint256(entry.s) <= HALF_ORDER);
        consent.isGiven = or(and(isGroup, isGroupSigned), and(!isGroup, and(isAccount, isCanonical)));
        consent.record = choose(isGroup, group, record);
    }

    /// It counts for what was published: from a seat that was there before; over the publication, or, in the two low
    /// tiers and signed by a member who never changed seats, over none; from HIGH_VALUE on in a later block, and
    /// seasoned.
    function isTimely(Consent memory consent, uint256 word) internal view returns (bool) {
        uint256 publication = publicationOf(word);
        bool isOver = same(consent.publication, publication);
        bool isHigh = tierOf(word) >= 2;
        bool isReturned = same(uint8(consent.record >> 8), 2);
        bool isBlank = and(and(same(consent.publication, 0), consent.isSigned), !isReturned);
        bool isLate = uint32(publication >> 32) != uint32(block.number);
        bool isSeasoned = or(isSeatOperation(word), uint40(consent.record >> 32) <= block.timestamp);
        bool isHighEnough = and(isOver, and(isLate, isSeasoned));
        bool isLowEnough = or(isOver, isBlank);
        return and(
            uint32(consent.record >> 72) < publication >> 32,
            or(and(isHigh, isHighEnough), and(!isHigh, isLowEnough))
        );
    }

    /// The seats of those in the list who consented, by someone who sits there, in time for what was published.
    function approvedIn(Approval[] memory list, Lane memory lane) internal view returns (uint256 seats) {
        for (uint256 i = 0; i < list.length; ++i) {
            uint256 publication = ApprovalHead.unwrap(list[i].head) >> 16;
            Consent memory consent = consentOf(list[i], approvalDigest(lane.id, publication));
            bool counts = and(consent.isGiven, isTimely(consent, lane.word));
            seats |= choose(counts, 1 << consent.seat, 0);
        }
    }

    function wordOf(address account) internal view returns (uint256) {
        return uint256(vm.load(address(vault), keccak256(abi.encode(account, RECORDS_SLOT))));
    }

    function sittingIn(uint256 seat) internal view returns (address) {
        return address(uint160(uint256(vm.load(address(vault), keccak256(abi.encode(seat, SEATS_SLOT))))));
    }

    function groupKeyOf(address group) internal view returns (uint256) {
        return uint256(vm.load(address(vault), keccak256(abi.encode(group, GROUPS_SLOT))));
    }

    function withdrawnIn(uint256 index) internal view returns (uint256) {
        return uint256(vm.load(address(vault), keccak256(abi.encode(index, WITHDRAWN_SLOT))));
    }
}
