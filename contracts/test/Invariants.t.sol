// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IResourceExchangeBroker as IBroker} from "../src/IResourceExchangeBroker.sol";
import {Handler} from "./Handler.sol";
import {vm} from "./Vm.sol";

/// @dev What the interface promises, after any sequence of calls. That a final state is final, and that no call works
/// but those allowed, is in the handler: it expects each call's outcome.
contract InvariantsTest {
    address private constant ETH = address(0);

    IBroker private broker;
    Handler private handler;

    function setUp() public {
        vm.warp(1_800_000_000);
        broker = IBroker(vm.deployCode("ResourceExchangeBroker.sol"));
        handler = new Handler(broker);
    }

    /// @dev Read by forge: calls go to the handler alone.
    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    /// @dev In one, because forge plays a campaign for each.
    function invariant_Promises() public view {
        checkMoney(ETH);
        checkMoney(address(handler.TOKEN()));
        checkReservedIsWhatLiveReservationsHold();
        checkReservationsAreAsTheirHistoryMadeThem();
    }

    /// @dev Read by forge after each run: whatever happened, everybody gets out, each without the other.
    function afterInvariant() public {
        letAllLeave();
        withdrawAll(ETH);
        withdrawAll(address(handler.TOKEN()));
        for (uint256 i = 0; i < handler.PROVIDERS(); i++) {
            (,, uint32 reserved) = broker.offers(offerIdOf(handler.provider(i)));
            vm.assertEq(reserved, 0, "reserved after all have left");
        }
    }

    /// @dev Held is owed and escrow, and nobody but the two parties has any of it.
    function checkMoney(address token) private view {
        uint256 held = escrow(token);
        uint256 total = held;
        for (uint256 i = 0; i < handler.PROVIDERS(); i++) {
            address account = handler.provider(i);
            uint256 owed = broker.owed(token, account);
            vm.assertEq(owed, handler.owed(token, account), "owed");
            held += owed;
            total += owed + handler.held(token, account);
        }
        vm.assertEq(handler.held(token, address(broker)), held, "held");
        vm.assertEq(total, handler.WEALTH() * handler.PROVIDERS(), "money in all");
        vm.assertEq(broker.owed(token, handler.STRANGER()), 0, "owed to a stranger");
    }

    function checkReservedIsWhatLiveReservationsHold() private view {
        for (uint256 i = 0; i < handler.PROVIDERS(); i++) {
            address seller = handler.provider(i);
            Handler.Offer memory o = handler.offerOf(seller);
            (bytes24 commitment, uint32 units, uint32 reserved) = broker.offers(offerIdOf(seller));
            bytes24 expected = o.published ? bytes24(keccak256(abi.encode(o.terms, o.offer))) : bytes24(0);
            vm.assertEq(commitment, expected, "commitment");
            vm.assertEq(units, o.units, "units");
            vm.assertEq(reserved, handler.reservedOf(seller), "reserved");
            vm.assertTrue(reserved <= units || !o.published, "more reserved than there are");
        }
    }

    function checkReservationsAreAsTheirHistoryMadeThem() private view {
        Handler.Deal[] memory deals = handler.allDeals();
        for (uint256 i = 0; i < deals.length; i++) {
            (bytes31 commitment, IBroker.State state) = broker.reservations(idOf(deals[i].reservation));
            vm.assertEq(uint256(state), uint256(deals[i].state), "state");
            vm.assertEq(commitment, bytes31(keccak256(abi.encode(deals[i].reservation))), "reservation");
        }
    }

    /// @dev Of a request the buyer's way out, of a lease either side's in turn, once time has passed.
    function letAllLeave() private {
        Handler.Deal[] memory deals = handler.allDeals();
        vm.warp(block.timestamp + 600 + 200);
        for (uint256 i = 0; i < deals.length; i++) {
            IBroker.Reservation memory r = deals[i].reservation;
            bool even = i % 2 == 0;
            if (deals[i].state == IBroker.State.Requested) {
                vm.prank(even ? r.buyer : r.terms.seller);
                if (even) broker.cancel(r);
                else broker.decline(r, IBroker.Reason.Unspecified);
            } else if (isLive(deals[i])) {
                vm.prank(even ? r.buyer : r.terms.seller);
                broker.settleWithoutReceipt(r);
            }
        }
    }

    function withdrawAll(address token) private {
        for (uint256 i = 0; i < handler.PROVIDERS(); i++) {
            address account = handler.provider(i);
            if (broker.owed(token, account) == 0) continue;
            vm.prank(account);
            broker.withdraw(token);
        }
        vm.assertEq(handler.held(token, address(broker)), 0, "held after all have left");
    }

    function escrow(address token) private view returns (uint256 total) {
        Handler.Deal[] memory deals = handler.allDeals();
        for (uint256 i = 0; i < deals.length; i++) {
            IBroker.Reservation memory r = deals[i].reservation;
            if (isLive(deals[i]) && r.terms.token == token) total += handler.priceOf(r, r.duration);
        }
    }

    function isLive(Handler.Deal memory deal) private pure returns (bool) {
        return deal.state == IBroker.State.Requested || deal.state == IBroker.State.Active
            || deal.state == IBroker.State.Ended;
    }

    function idOf(IBroker.Reservation memory r) private pure returns (bytes32) {
        return keccak256(abi.encode(r.buyer, r.name));
    }

    function offerIdOf(address seller) private view returns (bytes32) {
        return keccak256(abi.encode(seller, handler.OFFER_NAME()));
    }
}
