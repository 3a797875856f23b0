// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Fixture, IBroker, vm} from "./Fixture.sol";
import {Books, CallingToken, PoliteToken, SilentToken, TaxingToken, Told, Token} from "./Tokens.sol";

/// @dev A buyer that gets a word in whenever its token moves.
contract Interrupter is Told {
    IBroker private immutable BROKER;
    IBroker.Reservation private r;
    bytes[] private plan;
    bytes public answer;

    constructor(IBroker broker, IBroker.Reservation memory wanted) {
        BROKER = broker;
        r = wanted;
        r.buyer = address(this);
        Books(r.terms.token).approve(address(broker), type(uint256).max);
    }

    /// @dev At the next move of the token, do this to the broker; the last of these is done first.
    function intend(bytes memory data) external {
        plan.push(data);
    }

    function reservation() external view returns (IBroker.Reservation memory) {
        return r;
    }

    function reserve() external {
        BROKER.reserve(r.terms, r.offer, r.name, r.units, r.duration, "");
    }

    function withdraw() external {
        BROKER.withdraw(r.terms.token);
    }

    function told() external {
        while (plan.length > 0) {
            bytes memory data = plan[plan.length - 1];
            plan.pop();
            (, answer) = address(BROKER).call(data);
        }
    }
}

contract TokensTest is Fixture {
    Books private token;

    function setUp() public override {
        super.setUp();
        take(new Token());
    }

    function terms() internal view override returns (IBroker.Terms memory t) {
        t = super.terms();
        t.token = address(token);
    }

    function test_GivenATokenAsTheStandardSays() public {
        live();
    }

    function test_GivenATokenThatAnswersNothing() public {
        take(new SilentToken());
        live();
    }

    function test_WhenALeaseInATokenIsExtended() public {
        IBroker.Reservation memory r = acknowledge(pay());

        vm.prank(BUYER);
        broker.extend(r, 100);

        assertTokens(0, 0, ESCROW + RATE * 100);
    }

    function test_RevertWhen_EtherIsSentAlong() public {
        vm.expectRevert(abi.encodeWithSelector(IBroker.WrongPayment.selector, ESCROW, 0));
        reserve();
    }

    function test_RevertWhen_TheAllowanceDoesNotSuffice() public {
        vm.prank(BUYER);
        token.approve(address(broker), ESCROW - 1);
        refuses(abi.encodeWithSignature("Panic(uint256)", 0x11));
    }

    function test_RevertWhen_TheTokenSaysNo() public {
        take(new PoliteToken());
        refuses(abi.encodeWithSignature("SafeERC20FailedOperation(address)", token));
    }

    function test_RevertWhen_TheTokenIsNoContract() public {
        token = Books(STRANGER);
        publish();
        refuses("");
    }

    function test_RevertWhen_TheTokenTakesAFee() public {
        take(new TaxingToken());
        refuses(abi.encodeWithSelector(IBroker.TokenTakesFee.selector, token, ESCROW - ESCROW / 100, ESCROW));
    }

    /// @dev The escrow of another is in the contract, and would leave it.
    function test_RevertWhen_ThePayerTakesTheEscrowBackBeforeItIsPaid() public {
        Interrupter buyer = interrupter();
        buyer.intend(abi.encodeCall(IBroker.withdraw, (address(token))));
        buyer.intend(abi.encodeCall(IBroker.cancel, (buyer.reservation())));

        vm.expectRevert(abi.encodeWithSelector(IBroker.TokenTakesFee.selector, token, 0, ESCROW));
        buyer.reserve();

        assertTokens(0, 0, ESCROW);
    }

    function test_RevertWhen_ThePayerWithdrawsWhileItPays() public {
        Interrupter buyer = interrupter();
        declined(buyer);
        buyer.intend(abi.encodeCall(IBroker.withdraw, (address(token))));

        IBroker.Reservation memory again = buyer.reservation();
        again.name = "again";
        vm.expectRevert(abi.encodeWithSelector(IBroker.TokenTakesFee.selector, token, 0, ESCROW));
        vm.prank(address(buyer));
        broker.reserve(again.terms, again.offer, again.name, WANTED, DURATION, REQUEST);
    }

    function test_RevertWhen_ThePayerReservesOnceMoreWhileItPays() public {
        Interrupter buyer = interrupter();
        IBroker.Reservation memory again = buyer.reservation();
        again.name = "again";
        bytes memory call =
            abi.encodeCall(IBroker.reserve, (again.terms, again.offer, again.name, WANTED, DURATION, REQUEST));
        buyer.intend(call);

        vm.expectRevert(abi.encodeWithSelector(IBroker.TokenTakesFee.selector, token, 2 * ESCROW, ESCROW));
        buyer.reserve();
    }

    function test_WhenThePayeeWithdrawsOnceMore() public {
        Interrupter buyer = interrupter();
        declined(buyer);
        buyer.intend(abi.encodeCall(IBroker.withdraw, (address(token))));

        buyer.withdraw();

        bytes memory refusal = abi.encodeWithSelector(IBroker.NothingOwed.selector, token, address(buyer));
        vm.assertEq(buyer.answer(), refusal, "second withdrawal");
        assertTokens(0, 0, ESCROW);
    }

    /// @dev From the reservation to both withdrawals; what is in ETH stays as it is.
    function live() private {
        IBroker.Reservation memory r = pay();
        assertTokens(0, 0, ESCROW);

        r = acknowledge(r);
        vm.warp(r.end);
        settle(SELLER, r, 580);
        assertTokens(RATE * 580, RATE * 20, 0);

        vm.expectEmit(address(broker));
        emit IBroker.Withdrawn(SELLER, address(token), RATE * 580);
        withdraw(SELLER);
        withdraw(BUYER);
        assertTokens(0, 0, 0);
        vm.assertEq(token.balanceOf(SELLER), RATE * 580);
        vm.assertEq(token.balanceOf(BUYER), 10 ether - RATE * 580);
        assertMoney(0, 0, 0);
    }

    /// @dev Offer everything in this token from now on.
    function take(Books taken) private {
        token = taken;
        token.mint(BUYER, 10 ether);
        vm.prank(BUYER);
        token.approve(address(broker), type(uint256).max);
        publish();
    }

    function pay() private returns (IBroker.Reservation memory) {
        vm.prank(BUYER);
        broker.reserve(terms(), offer(), NAME, WANTED, DURATION, REQUEST);
        return requested();
    }

    /// @dev Beside a buyer who has paid.
    function interrupter() private returns (Interrupter buyer) {
        take(new CallingToken());
        IBroker.Listing memory l = listing();
        l.units = 3 * UNITS;
        vm.prank(SELLER);
        broker.publish(terms(), one(l));
        pay();
        buyer = new Interrupter(broker, requested());
        token.mint(address(buyer), 10 ether);
    }

    function declined(Interrupter buyer) private {
        buyer.reserve();
        IBroker.Reservation memory r = buyer.reservation();
        vm.prank(SELLER);
        broker.decline(r, IBroker.Reason.Unspecified);
    }

    function withdraw(address account) private {
        vm.prank(account);
        broker.withdraw(address(token));
    }

    function refuses(bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(BUYER);
        broker.reserve(terms(), offer(), NAME, WANTED, DURATION, REQUEST);
    }

    function assertTokens(uint256 toSeller, uint256 toBuyer, uint256 escrow) private view {
        vm.assertEq(broker.owed(address(token), SELLER), toSeller, "owed to the seller");
        vm.assertEq(broker.owed(address(token), BUYER), toBuyer, "owed to the buyer");
        vm.assertEq(token.balanceOf(address(broker)), toSeller + toBuyer + escrow, "held");
    }
}
