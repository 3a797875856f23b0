// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

import {Fixture, IBroker, vm} from "./Fixture.sol";

/// @dev Signs what its owner signs.
contract Wallet is IERC1271 {
    address private owner;

    constructor(address first) {
        owner = first;
    }

    function pass(address next) external {
        owner = next;
    }

    function isValidSignature(bytes32 hash, bytes calldata signature) external view virtual returns (bytes4) {
        (address signer,,) = ECDSA.tryRecoverCalldata(hash, signature);
        return signer == owner ? IERC1271.isValidSignature.selector : bytes4(0);
    }
}

contract NonsenseWallet is Wallet {
    constructor() Wallet(address(0)) {}

    function isValidSignature(bytes32, bytes calldata) external pure override returns (bytes4) {
        return bytes4(uint32(1));
    }
}

contract WalletsTest is Fixture {
    uint256 private constant OWNER_KEY = 0x043E4;

    Wallet private wallet;
    address private verifier;

    function setUp() public override {
        super.setUp();
        wallet = new Wallet(vm.addr(OWNER_KEY));
        verifier = VERIFIER;
        publish();
    }

    function terms() internal view override returns (IBroker.Terms memory t) {
        t = super.terms();
        t.verifier = verifier;
    }

    function test_WhenItsOwnerSigned() public {
        pays(lease(address(wallet)), OWNER_KEY);
    }

    function test_RevertWhen_AnotherSigned() public {
        refuses(lease(address(wallet)), BUYER_KEY);
    }

    /// @dev Which is why a seller that rents to a contract names a verifier.
    function test_RevertWhen_ItHasChangedItsOwner() public {
        IBroker.Reservation memory r = lease(address(wallet));
        wallet.pass(STRANGER);
        refuses(r, OWNER_KEY);
    }

    function test_WhenTheVerifiersOwnerSigned() public {
        verifier = address(wallet);
        publish();
        pays(lease(BUYER), OWNER_KEY);
    }

    function test_RevertWhen_AnotherSignedForTheVerifier() public {
        verifier = address(wallet);
        publish();
        refuses(lease(BUYER), VERIFIER_KEY);
    }

    function test_RevertGiven_TheBuyerIsAContractThatAnswersNonsense() public {
        refuses(lease(address(new NonsenseWallet())), OWNER_KEY);
    }

    function test_RevertGiven_NobodyVerifies() public {
        verifier = address(0);
        publish();
        IBroker.Reservation memory r = lease(BUYER);
        refuses(r, VERIFIER_KEY);
        // What can't be recovered is recovered as the address zero.
        IBroker.Receipt memory given = receipt(r.end, DURATION);
        vm.expectRevert(abi.encodeWithSelector(IBroker.NotSigned.selector, idOf(r)));
        broker.settle(r, given, new bytes(65));
    }

    function pays(IBroker.Reservation memory r, uint256 key) private {
        IBroker.Receipt memory given = receipt(r.end, 590);
        bytes memory signature = sign(key, idOf(r), given);

        vm.prank(SELLER);
        broker.settle(r, given, signature);

        assertReservation(r, IBroker.State.Settled);
        vm.assertEq(broker.owed(ETH, SELLER), RATE * 590);
        vm.assertEq(broker.owed(ETH, r.buyer), RATE * 10);
    }

    function refuses(IBroker.Reservation memory r, uint256 key) private {
        IBroker.Receipt memory given = receipt(r.end, 590);
        bytes memory signature = sign(key, idOf(r), given);
        vm.expectRevert(abi.encodeWithSelector(IBroker.NotSigned.selector, idOf(r)));
        vm.prank(SELLER);
        broker.settle(r, given, signature);
    }

    /// @dev One that has expired.
    function lease(address buyer) private returns (IBroker.Reservation memory r) {
        vm.deal(buyer, ESCROW);
        vm.prank(buyer);
        broker.reserve{value: ESCROW}(terms(), offer(), NAME, WANTED, DURATION, REQUEST);
        r = requested();
        r.buyer = buyer;
        r = acknowledge(r);
        vm.warp(r.end);
    }
}
