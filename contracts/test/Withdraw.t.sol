// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IResourceExchangeBroker as IBroker} from "../src/IResourceExchangeBroker.sol";
import {Fixture, vm} from "./Fixture.sol";

/// @dev A buyer that is a contract: what it does with incoming money is for its child to say.
abstract contract ContractBuyer {
    IBroker internal immutable BROKER;

    constructor(IBroker broker) payable {
        BROKER = broker;
    }

    function reserve(bytes32 name, IBroker.Terms calldata terms, uint32 units, uint32 duration) external {
        BROKER.reserve{value: address(this).balance}(name, terms, units, duration, "");
    }

    function withdraw() external {
        BROKER.withdraw();
    }
}

contract Refusing is ContractBuyer {
    constructor(IBroker broker) payable ContractBuyer(broker) {}
}

contract Reentrant is ContractBuyer {
    bytes public answer;

    constructor(IBroker broker) payable ContractBuyer(broker) {}

    receive() external payable {
        (, answer) = address(BROKER).call(abi.encodeCall(IBroker.withdraw, ()));
    }
}

contract WithdrawTest is Fixture {
    function setUp() public override {
        super.setUp();
        publish();
    }

    function test_RevertWhen_NothingIsOwed() public {
        vm.expectRevert(abi.encodeWithSelector(IBroker.NothingOwed.selector, BUYER));
        vm.prank(BUYER);
        broker.withdraw();
    }

    function test_RevertWhen_WithdrawnAlready() public {
        decline(reserve());
        vm.prank(BUYER);
        broker.withdraw();

        vm.expectRevert(abi.encodeWithSelector(IBroker.NothingOwed.selector, BUYER));
        vm.prank(BUYER);
        broker.withdraw();
    }

    function test_RevertWhen_TheAccountRefuses_ItStaysOwed() public {
        Refusing buyer = new Refusing{value: ESCROW}(broker);
        rentAndDecline(buyer);

        vm.expectRevert(abi.encodeWithSelector(IBroker.WithdrawalRefused.selector, address(buyer), ESCROW));
        buyer.withdraw();

        vm.assertEq(broker.owed(address(buyer)), ESCROW);
        vm.assertEq(address(broker).balance, ESCROW);
    }

    function test_ReentrancyFindsNothingOwed() public {
        reserve();
        Reentrant buyer = new Reentrant{value: ESCROW / 2}(broker);
        rentAndDecline(buyer);

        buyer.withdraw();

        vm.assertEq(
            buyer.answer(), abi.encodeWithSelector(IBroker.NothingOwed.selector, address(buyer)), "second withdrawal"
        );
        vm.assertEq(address(buyer).balance, ESCROW / 2);
        assertMoney(0, 0, ESCROW);
    }

    function test_SendsAllThatIsOwed() public {
        IBroker.Reservation memory r = acknowledge(reserve());
        vm.warp(NOW + 100);
        vm.prank(BUYER);
        broker.release(r);
        r.end = NOW + 100;
        broker.settle(r);
        uint256 paid = uint256(PRICE) * WANTED * 100;

        vm.expectEmit(address(broker));
        emit IBroker.Withdrawn(SELLER, paid);
        vm.prank(SELLER);
        broker.withdraw();

        assertMoney(0, ESCROW - paid, 0);
        vm.assertEq(SELLER.balance, 10 ether + paid);

        vm.prank(BUYER);
        broker.withdraw();

        assertMoney(0, 0, 0);
        vm.assertEq(BUYER.balance, 10 ether - paid);
    }

    function test_RefusesMoneyThatPaysForNothing() public {
        (bool accepted,) = address(broker).call{value: 1}("");

        vm.assertTrue(!accepted, "accepted a plain transfer");
    }

    function decline(IBroker.Reservation memory r) private {
        vm.prank(SELLER);
        broker.decline(r);
    }

    function rentAndDecline(ContractBuyer buyer) private {
        IBroker.Reservation memory r = requested();
        r.buyer = address(buyer);
        r.units = uint32(address(buyer).balance / (uint256(PRICE) * DURATION));
        buyer.reserve(NAME, terms(), r.units, DURATION);
        decline(r);
    }
}
