// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Approval, IVault, Operation} from "../../contracts/interfaces/IVault.sol";
import {ApprovalHarness, Consent} from "./ApprovalHarness.sol";
import {and, choose, or, same} from "./Logic.sol";
import {vm} from "./Symbolic.sol";
import {Lane} from "./VaultHarness.sol";

/// Break-glass, from any state: it shortens a delay, and nothing else. I-3 and I-7.
contract ExpediteProofs is ApprovalHarness {
    /// A lane that was counted by today's roster, and two consents. The ledger may answer anything.
    function check_expedite() external {
        (Operation memory operation, Lane memory before) = _anyLane();
        Approval[] memory list = anyApprovals(2);
        if (!call(SENDER, abi.encodeCall(IVault.expedite, (operation, list)))) return;

        // Only the moment has changed: it is the expedited delay from now on, and was later. Never of CUSTODY.
        uint256 word = before.word;
        uint256 later = see(operation.lane).word;
        bool holds = and(same(statusOf(word), 2), tierOf(word) < 3);
        holds = and(holds, same((word ^ later) & ~(uint256(type(uint40).max) << 96), 0));
        holds = and(holds, same(uint40(later >> 96), block.timestamp + uint32(termsOf(tierOf(word)) >> 88)));
        holds = and(holds, uint40(word >> 96) > uint40(later >> 96));
        assert(and(holds, _isConsented(list, operation.lane, before.id, word)));
    }

    /// A lane that was counted by today's roster, and needs no segregated quorum.
    function _anyLane() private view returns (Operation memory operation, Lane memory before) {
        operation = anyOperation(0);
        before = see(operation.lane);
        vm.assume(isCurrent(before.word, roster()));
        vm.assume(same(uint8(termsOf(tierOf(before.word)) >> 80), 0));
    }

    /// The quorum once more, or the supermajority from HIGH_VALUE on, each of an approver besides the publisher, who
    /// signed the present moment; one of them with BREAK_GLASS.
    function _isConsented(Approval[] memory list, uint256 index, uint256 id, uint256 word)
        private
        view
        returns (bool)
    {
        uint256 seats;
        uint256 breakGlass;
        for (uint256 i = 0; i < list.length; ++i) {
            (uint256 seat, uint256 hurrying) = _consentedIn(list[i], id, word);
            seats |= seat;
            breakGlass |= hurrying;
        }
        // Who is no approver today does not count, nor whoever published.
        uint256 terms = termsOf(tierOf(word));
        seats &= uint64(roster()) & ~(1 << (index / 8));
        uint256 needed = choose(tierOf(word) >= 2, uint8(roster() >> 224), uint8(terms));
        bool isSecure = count(seats & (roster() >> 64)) >= uint8(terms >> 8);
        return and(seats & breakGlass != 0, and(isSecure, count(seats) >= needed));
    }

    /// The seat of who consented, and once more if it has BREAK_GLASS; no seat at all otherwise.
    function _consentedIn(Approval memory entry, uint256 id, uint256 word)
        private
        view
        returns (uint256 seat, uint256 breakGlass)
    {
        uint256 publication = publicationOf(word);
        bytes memory message = abi.encode(EXPEDITE, id, publication, uint256(uint40(word >> 96)));
        Consent memory consent = consentOf(entry, digestOf(message));
        bool isOver = and(consent.isSigned, same(consent.publication, publication));
        bool counts = and(consent.isGiven, and(isOver, isTimely(consent, word)));
        seat = choose(counts, 1 << consent.seat, 0);
        breakGlass = choose(hasSeat(consent.record, 19), seat, 0);
    }
}
