// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IResourceExchangeBroker as IBroker} from "../src/IResourceExchangeBroker.sol";
import {Handler} from "./Handler.sol";
import {vm} from "./Vm.sol";

/// @dev What the interface promises, after any sequence of calls. That a final state is final, and that no call works
/// but those allowed, is in the handler: it expects each call's outcome.
contract InvariantsTest {
    uint256 private constant WEALTH = 1000 ether;

    IBroker private broker;
    Handler private handler;

    function setUp() public {
        vm.warp(1_800_000_000);
        broker = IBroker(vm.deployCode("ResourceExchangeBroker.sol"));
        handler = new Handler(broker);
        for (uint256 i = 0; i < handler.PROVIDERS(); i++) {
            vm.deal(handler.provider(i), WEALTH);
        }
    }

    /// @dev Read by forge: calls go to the handler alone.
    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    /// @dev In one, because forge plays a campaign for each.
    function invariant_Promises() public view {
        checkHeldIsOwedAndEscrow();
        checkOnlyTheTwoPartiesGetTheMoney();
        checkReservedIsWhatLiveReservationsHold();
        checkReservationsAreAsTheirHistoryMadeThem();
    }

    function checkHeldIsOwedAndEscrow() private view {
        uint256 held = escrow();
        for (uint256 i = 0; i < handler.PROVIDERS(); i++) {
            held += broker.owed(handler.provider(i));
        }
        vm.assertEq(address(broker).balance, held, "held");
    }

    function checkOnlyTheTwoPartiesGetTheMoney() private view {
        uint256 total = escrow();
        for (uint256 i = 0; i < handler.PROVIDERS(); i++) {
            address account = handler.provider(i);
            vm.assertEq(broker.owed(account), handler.owed(account), "owed");
            total += account.balance + handler.owed(account);
        }
        vm.assertEq(total, WEALTH * handler.PROVIDERS(), "money in all");
        vm.assertEq(broker.owed(handler.STRANGER()), 0, "owed to a stranger");
    }

    function checkReservedIsWhatLiveReservationsHold() private view {
        for (uint256 i = 0; i < handler.PROVIDERS(); i++) {
            address seller = handler.provider(i);
            Handler.Offer memory offer = handler.offerOf(seller);
            (bytes24 terms, uint32 units, uint32 reserved) =
                broker.offers(keccak256(abi.encode(seller, handler.OFFER_NAME())));

            vm.assertEq(terms, offer.published ? bytes24(keccak256(abi.encode(offer.terms))) : bytes24(0), "terms");
            vm.assertEq(units, offer.units, "units");
            vm.assertEq(reserved, handler.reservedOf(seller), "reserved");
            vm.assertTrue(reserved <= units || !offer.published, "more reserved than there are");
        }
    }

    function checkReservationsAreAsTheirHistoryMadeThem() private view {
        Handler.Deal[] memory deals = handler.allDeals();
        for (uint256 i = 0; i < deals.length; i++) {
            (bytes31 commitment, IBroker.State state) = broker.reservations(idOf(deals[i].reservation));
            vm.assertEq(uint256(state), uint256(deals[i].state), "state");
            vm.assertEq(commitment, bytes31(keccak256(abi.encode(deals[i].reservation))), "commitment");
        }
    }

    /// @dev Called by forge at the end of each run: whatever it left, time and one side are enough to clear it.
    function afterInvariant() public {
        vm.warp(block.timestamp + 365 days);
        uint256 before = vm.snapshotState();
        clear(true);
        vm.revertToState(before);
        clear(false);
    }

    function clear(bool asSeller) private {
        Handler.Deal[] memory deals = handler.allDeals();
        for (uint256 i = 0; i < deals.length; i++) {
            if (!isLive(deals[i])) continue;
            IBroker.Reservation memory r = deals[i].reservation;
            vm.prank(asSeller ? r.seller : r.buyer);
            if (deals[i].state != IBroker.State.Requested) broker.settle(r);
            else if (asSeller) broker.decline(r);
            else broker.cancel(r);
        }
        for (uint256 i = 0; i < handler.PROVIDERS(); i++) {
            address account = handler.provider(i);
            if (broker.owed(account) == 0) continue;
            vm.prank(account);
            broker.withdraw();
        }
        vm.assertEq(address(broker).balance, 0, "held after all have left");
    }

    function escrow() private view returns (uint256 total) {
        Handler.Deal[] memory deals = handler.allDeals();
        for (uint256 i = 0; i < deals.length; i++) {
            if (isLive(deals[i])) total += handler.escrowOf(deals[i].reservation);
        }
    }

    function isLive(Handler.Deal memory deal) private pure returns (bool) {
        return deal.state == IBroker.State.Requested || deal.state == IBroker.State.Active
            || deal.state == IBroker.State.Ended;
    }

    function idOf(IBroker.Reservation memory r) private pure returns (bytes32) {
        return keccak256(abi.encode(r.buyer, r.name));
    }
}
