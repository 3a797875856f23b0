// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Fixture, IBroker, vm} from "./Fixture.sol";

/// @dev A buyer that is a contract: what it does with incoming money is for its child to say.
abstract contract ContractBuyer {
    IBroker internal immutable BROKER;

    constructor(IBroker broker) payable {
        BROKER = broker;
    }

    function reserve(IBroker.Reservation calldata r) external {
        BROKER.reserve{value: address(this).balance}(r.terms, r.offer, r.name, r.units, r.duration, "");
    }

    function withdraw() external {
        BROKER.withdraw(address(0));
    }
}

contract Refusing is ContractBuyer {
    constructor(IBroker broker) payable ContractBuyer(broker) {}
}

contract Reentrant is ContractBuyer {
    bytes public answer;

    constructor(IBroker broker) payable ContractBuyer(broker) {}

    receive() external payable {
        (, answer) = address(BROKER).call(abi.encodeCall(IBroker.withdraw, (address(0))));
    }
}

contract WithdrawTest is Fixture {
    function setUp() public override {
        super.setUp();
        publish();
    }

    function test_RevertGiven_NothingIsOwed() public {
        vm.expectRevert(abi.encodeWithSelector(IBroker.NothingOwed.selector, ETH, BUYER));
        withdraw(BUYER);
    }

    function test_RevertGiven_AllIsWithdrawnAlready() public {
        decline(reserve());
        withdraw(BUYER);

        vm.expectRevert(abi.encodeWithSelector(IBroker.NothingOwed.selector, ETH, BUYER));
        withdraw(BUYER);
    }

    function test_RevertWhen_TheAccountRefuses() public {
        Refusing buyer = new Refusing{value: ESCROW}(broker);
        rentAndDecline(buyer);

        vm.expectRevert(abi.encodeWithSelector(IBroker.WithdrawalRefused.selector, address(buyer), ESCROW));
        buyer.withdraw();

        vm.assertEq(broker.owed(ETH, address(buyer)), ESCROW);
        vm.assertEq(address(broker).balance, ESCROW);
    }

    function test_WhenTheAccountCallsAgain() public {
        reserve();
        Reentrant buyer = new Reentrant{value: ESCROW / 2}(broker);
        rentAndDecline(buyer);

        buyer.withdraw();

        bytes memory refusal = abi.encodeWithSelector(IBroker.NothingOwed.selector, ETH, address(buyer));
        vm.assertEq(buyer.answer(), refusal, "second withdrawal");
        vm.assertEq(address(buyer).balance, ESCROW / 2);
        assertMoney(0, 0, ESCROW);
    }

    function test_GivenSellerAndBuyerAreOwed() public {
        IBroker.Reservation memory r = acknowledge(reserve());
        vm.warp(r.end);
        settle(SELLER, r, 580);
        uint256 paid = RATE * 580;

        vm.expectEmit(address(broker));
        emit IBroker.Withdrawn(SELLER, ETH, paid);
        withdraw(SELLER);

        assertMoney(0, ESCROW - paid, 0);
        vm.assertEq(SELLER.balance, 10 ether + paid);

        withdraw(BUYER);

        assertMoney(0, 0, 0);
        vm.assertEq(BUYER.balance, 10 ether - paid);
    }

    function test_GivenTwoReservationsAreOwedFor() public {
        decline(reserve());
        vm.prank(BUYER);
        broker.reserve{value: ESCROW / 2}(terms(), offer(), "another", 1, DURATION, REQUEST);
        IBroker.Reservation memory another = requested();
        (another.name, another.units) = ("another", 1);
        decline(another);

        assertMoney(0, ESCROW + ESCROW / 2, 0);
        withdraw(BUYER);

        assertMoney(0, 0, 0);
        vm.assertEq(BUYER.balance, 10 ether);
    }

    function test_GivenTheAccountIsOwedAgain() public {
        decline(reserve());
        withdraw(BUYER);
        vm.prank(BUYER);
        broker.reserve{value: ESCROW / 2}(terms(), offer(), "again", 1, DURATION, REQUEST);
        IBroker.Reservation memory again = requested();
        (again.name, again.units) = ("again", 1);
        decline(again);

        vm.assertEq(broker.owed(ETH, BUYER), ESCROW / 2);
        withdraw(BUYER);

        assertMoney(0, 0, 0);
        vm.assertEq(BUYER.balance, 10 ether);
    }

    function test_WhenMoneyComesThatPaysForNothing() public {
        (bool accepted,) = address(broker).call{value: 1}("");

        vm.assertTrue(!accepted, "accepted a plain transfer");
    }

    function withdraw(address account) private {
        vm.prank(account);
        broker.withdraw(ETH);
    }

    function decline(IBroker.Reservation memory r) private {
        vm.prank(SELLER);
        broker.decline(r, IBroker.Reason.Unspecified);
    }

    function rentAndDecline(ContractBuyer buyer) private {
        IBroker.Reservation memory r = requested();
        r.buyer = address(buyer);
        r.units = uint32(address(buyer).balance / (uint256(PRICE) * DURATION));
        buyer.reserve(r);
        decline(r);
    }
}
