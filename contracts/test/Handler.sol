// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IResourceExchangeBroker as IBroker} from "../src/IResourceExchangeBroker.sol";
import {bound, vm} from "./Vm.sol";

/// @dev Three providers who publish, rent and meddle at random, and a second opinion on each call: the books below say
/// whether it has to succeed and what it does. A call that ends otherwise reverts here, which fails the run.
contract Handler {
    enum Call {
        Acknowledge,
        Decline,
        Cancel,
        Release,
        Revoke,
        Settle
    }

    struct Offer {
        IBroker.Terms terms;
        uint32 units;
        bool published;
    }

    struct Deal {
        IBroker.Reservation reservation;
        IBroker.State state;
    }

    bytes32 public constant OFFER_NAME = "machines";
    uint256 public constant PROVIDERS = 3;
    address public constant STRANGER = address(0x574A);

    IBroker private immutable BROKER;

    mapping(address seller => Offer) private offers;
    mapping(address account => uint256) public owed;
    Deal[] private deals;

    constructor(IBroker broker) {
        BROKER = broker;
    }

    /* CALLS */

    function publish(uint256 who, uint96 price, uint32 spare, uint32 within) external {
        address seller = provider(who);
        Offer storage offer = offers[seller];
        offer.units = reservedOf(seller) + uint32(bound(spare, 1, 4));
        offer.published = true;
        offer.terms = IBroker.Terms({
            seller: seller,
            name: OFFER_NAME,
            price: uint96(bound(price, 0, 1 gwei)),
            minDuration: 1,
            maxDuration: 600,
            acknowledgeWithin: uint32(bound(within, 1, 120)),
            description: keccak256("")
        });
        vm.prank(seller);
        BROKER.publish(offer.terms, offer.units, "");
    }

    function retract(uint256 who) external {
        address seller = provider(who);
        if (!offers[seller].published) return;
        delete offers[seller];
        vm.prank(seller);
        BROKER.retract(OFFER_NAME);
    }

    function reserve(uint256 who, uint256 whose, uint32 units, uint32 duration) external {
        address seller = provider(whose);
        Offer storage offer = offers[seller];
        uint32 free = offer.units - (offer.published ? reservedOf(seller) : 0);
        if (free == 0) return;

        Deal storage deal = deals.push();
        deal.state = IBroker.State.Requested;
        deal.reservation = IBroker.Reservation({
            buyer: provider(who),
            name: bytes32(deals.length),
            seller: seller,
            offer: keccak256(abi.encode(seller, OFFER_NAME)),
            price: offer.terms.price,
            units: uint32(bound(units, 1, free)),
            duration: uint32(bound(duration, 1, 600)),
            acknowledgeBy: uint40(block.timestamp) + offer.terms.acknowledgeWithin,
            start: 0,
            end: 0
        });
        IBroker.Reservation memory r = deal.reservation;
        vm.prank(r.buyer);
        BROKER.reserve{value: escrowOf(r)}(r.name, offer.terms, r.units, r.duration, "");
    }

    function acknowledge(uint256 who, uint256 which) external {
        meddle(who, which, Call.Acknowledge);
    }

    function decline(uint256 who, uint256 which) external {
        meddle(who, which, Call.Decline);
    }

    function cancel(uint256 who, uint256 which) external {
        meddle(who, which, Call.Cancel);
    }

    function release(uint256 who, uint256 which) external {
        meddle(who, which, Call.Release);
    }

    function revoke(uint256 who, uint256 which) external {
        meddle(who, which, Call.Revoke);
    }

    function settle(uint256 who, uint256 which) external {
        meddle(who, which, Call.Settle);
    }

    function withdraw(uint256 who) external {
        address account = provider(who);
        uint256 amount = owed[account];
        if (amount == 0) return;
        owed[account] = 0;
        uint256 before = account.balance;
        vm.prank(account);
        BROKER.withdraw();
        require(account.balance == before + amount, "withdrew another amount");
    }

    function wait(uint256 time) external {
        vm.warp(block.timestamp + bound(time, 1, 200));
    }

    /* BOOKS */

    function provider(uint256 index) public pure returns (address) {
        return address(uint160(0xA11CE + index % PROVIDERS));
    }

    function offerOf(address seller) external view returns (Offer memory) {
        return offers[seller];
    }

    function allDeals() external view returns (Deal[] memory) {
        return deals;
    }

    function reservedOf(address seller) public view returns (uint32 units) {
        for (uint256 i = 0; i < deals.length; i++) {
            Deal storage deal = deals[i];
            bool holds = deal.state == IBroker.State.Requested || deal.state == IBroker.State.Active;
            if (holds && deal.reservation.seller == seller) units += deal.reservation.units;
        }
    }

    function escrowOf(IBroker.Reservation memory r) public pure returns (uint256) {
        return uint256(r.price) * r.units * r.duration;
    }

    /* MEDDLING */

    /// @dev Anyone calls anything on one of the latest deals.
    function meddle(uint256 who, uint256 which, Call call) private {
        if (deals.length == 0) return;
        Deal storage deal = deals[deals.length - 1 - which % (deals.length < 6 ? deals.length : 6)];
        IBroker.Reservation memory r = deal.reservation;
        address caller = [r.seller, r.buyer, STRANGER][who % 3];
        bool expected = allowed(deal, caller, call);

        vm.prank(caller);
        (bool accepted,) = address(BROKER).call(encode(call, r));

        require(accepted == expected, expected ? "refused what is allowed" : "allowed what is forbidden");
        if (accepted) book(deal, call);
    }

    function encode(Call call, IBroker.Reservation memory r) private pure returns (bytes memory) {
        if (call == Call.Acknowledge) return abi.encodeCall(IBroker.acknowledge, (r, ""));
        if (call == Call.Decline) return abi.encodeCall(IBroker.decline, (r));
        if (call == Call.Cancel) return abi.encodeCall(IBroker.cancel, (r));
        if (call == Call.Release) return abi.encodeCall(IBroker.release, (r));
        if (call == Call.Revoke) return abi.encodeCall(IBroker.revoke, (r));
        return abi.encodeCall(IBroker.settle, (r));
    }

    function allowed(Deal storage deal, address caller, Call call) private view returns (bool) {
        IBroker.Reservation storage r = deal.reservation;
        if (deal.state == IBroker.State.Requested) {
            bool overdue = block.timestamp >= r.acknowledgeBy;
            if (call == Call.Acknowledge) return caller == r.seller && !overdue;
            if (call == Call.Decline) return caller == r.seller;
            return call == Call.Cancel && (caller == r.buyer || overdue);
        }
        if (deal.state == IBroker.State.Active) {
            bool expired = block.timestamp >= r.end;
            if (call == Call.Release) return caller == r.buyer && !expired;
            if (call == Call.Revoke) return caller == r.seller && !expired;
            return call == Call.Settle && expired;
        }
        return deal.state == IBroker.State.Ended && call == Call.Settle;
    }

    function book(Deal storage deal, Call call) private {
        IBroker.Reservation storage r = deal.reservation;
        if (call == Call.Acknowledge) {
            deal.state = IBroker.State.Active;
            r.start = uint40(block.timestamp);
            r.end = r.start + r.duration;
        } else if (call == Call.Release || call == Call.Revoke) {
            deal.state = IBroker.State.Ended;
            r.end = uint40(block.timestamp);
        } else if (call == Call.Settle) {
            deal.state = IBroker.State.Settled;
            uint256 paid = uint256(r.price) * r.units * (r.end - r.start);
            owed[r.seller] += paid;
            owed[r.buyer] += escrowOf(r) - paid;
        } else {
            deal.state = call == Call.Decline ? IBroker.State.Declined : IBroker.State.Cancelled;
            owed[r.buyer] += escrowOf(r);
        }
    }
}
