// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IResourceExchangeBroker as IBroker} from "../src/IResourceExchangeBroker.sol";
import {Numbers, pack} from "./Fixture.sol";
import {Token} from "./Tokens.sol";
import {bound, vm} from "./Vm.sol";

/// @dev Three providers who publish, rent and meddle at random, in ETH and in a token, and a second opinion on each call:
/// the books below say whether it has to succeed and what it does. A call that ends otherwise reverts here, which fails
/// the run.
contract Handler {
    enum Call {
        Acknowledge,
        Decline,
        Cancel,
        Extend,
        Release,
        Revoke,
        Settle,
        SettleWithoutReceipt
    }

    struct Offer {
        IBroker.Terms terms;
        IBroker.Offer offer;
        uint32 units;
        bool published;
    }

    struct Deal {
        IBroker.Reservation reservation;
        Numbers numbers;
        IBroker.State state;
    }

    /// @dev What somebody tries on a deal.
    struct Attempt {
        Call call;
        address caller;
        uint32 more;
        IBroker.Receipt receipt;
        uint256 signer;
    }

    bytes32 public constant OFFER_NAME = "machines";
    uint256 public constant PROVIDERS = 3;
    uint256 public constant WEALTH = 1000 ether;
    address public constant STRANGER = address(0x574A);
    uint256 private constant FIRST_KEY = 0xA11CE;
    uint256 private constant VERIFIER_KEY = 0x7E51F1E4;

    IBroker private immutable BROKER;
    Token public immutable TOKEN;

    address[] private providers;
    mapping(address seller => Offer) private offers;
    mapping(address seller => Numbers) private numbers;
    mapping(address token => mapping(address account => uint256)) public owed;
    Deal[] private deals;

    constructor(IBroker broker) {
        BROKER = broker;
        TOKEN = new Token();
        for (uint256 i = 0; i < PROVIDERS; i++) {
            providers.push(vm.addr(FIRST_KEY + i));
            vm.deal(providers[i], WEALTH);
            TOKEN.mint(providers[i], WEALTH);
            vm.prank(providers[i]);
            TOKEN.approve(address(broker), type(uint256).max);
        }
    }

    /* CALLS */

    function publish(uint256 who, uint96 price, uint32 spare, Numbers memory n, bool inToken, bool verified) external {
        address seller = provider(who);
        n = Numbers({
            minDuration: 1,
            maxDuration: 600,
            acknowledgeWithin: uint32(bound(n.acknowledgeWithin, 1, 120)),
            receiptInterval: 1,
            claimWindow: uint32(bound(n.claimWindow, 1, 200)),
            notice: uint32(bound(n.notice, 0, 60)),
            availability: uint16(bound(n.availability, 0, 10_000)),
            shortfallMultiple: uint8(bound(n.shortfallMultiple, 1, 10))
        });
        Offer storage offer = offers[seller];
        offer.terms = IBroker.Terms({
            seller: seller,
            token: inToken ? address(TOKEN) : address(0),
            verifier: verified ? vm.addr(VERIFIER_KEY) : address(0),
            conditions: pack(n)
        });
        offer.offer = IBroker.Offer(OFFER_NAME, uint96(bound(price, 0, 1 gwei)), keccak256(""));
        offer.units = reservedOf(seller) + uint32(bound(spare, 1, 4));
        offer.published = true;
        numbers[seller] = n;
        IBroker.Listing[] memory listings = new IBroker.Listing[](1);
        listings[0] = IBroker.Listing(OFFER_NAME, offer.offer.price, offer.units, "");
        vm.prank(seller);
        BROKER.publish(offer.terms, listings);
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
        uint32 free = offer.published ? offer.units - reservedOf(seller) : 0;
        if (free == 0) return;

        Deal storage deal = deals.push();
        deal.state = IBroker.State.Requested;
        deal.numbers = numbers[seller];
        deal.reservation = IBroker.Reservation({
            terms: offer.terms,
            offer: offer.offer,
            buyer: provider(who),
            name: bytes32(deals.length),
            units: uint32(bound(units, 1, free)),
            acknowledgeBy: uint40(block.timestamp) + deal.numbers.acknowledgeWithin,
            duration: uint32(bound(duration, 1, 600)),
            start: 0,
            end: 0
        });
        IBroker.Reservation memory r = deal.reservation;
        vm.prank(r.buyer);
        BROKER.reserve{value: inEth(r, r.duration)}(r.terms, r.offer, r.name, r.units, r.duration, "");
    }

    function acknowledge(uint256 who, uint256 which) external {
        meddle(which, who, Call.Acknowledge, 0, 0, 0);
    }

    function decline(uint256 who, uint256 which) external {
        meddle(which, who, Call.Decline, 0, 0, 0);
    }

    function cancel(uint256 who, uint256 which) external {
        meddle(which, who, Call.Cancel, 0, 0, 0);
    }

    function extend(uint256 who, uint256 which, uint32 more) external {
        meddle(which, who, Call.Extend, uint32(bound(more, 0, 200)), 0, 0);
    }

    function release(uint256 who, uint256 which) external {
        meddle(which, who, Call.Release, 0, 0, 0);
    }

    function revoke(uint256 who, uint256 which) external {
        meddle(which, who, Call.Revoke, 0, 0, 0);
    }

    function settle(uint256 who, uint256 which, uint32 delivered, uint256 signer) external {
        meddle(which, who, Call.Settle, 0, delivered, signer);
    }

    function settleWithoutReceipt(uint256 who, uint256 which) external {
        meddle(which, who, Call.SettleWithoutReceipt, 0, 0, 0);
    }

    function withdraw(uint256 who, bool inToken) external {
        address account = provider(who);
        address token = inToken ? address(TOKEN) : address(0);
        uint256 amount = owed[token][account];
        if (amount == 0) return;
        owed[token][account] = 0;
        uint256 before = held(token, account);
        vm.prank(account);
        BROKER.withdraw(token);
        require(held(token, account) == before + amount, "withdrew another amount");
    }

    function wait(uint256 time) external {
        vm.warp(block.timestamp + bound(time, 1, 200));
    }

    /* BOOKS */

    function provider(uint256 index) public view returns (address) {
        return providers[index % PROVIDERS];
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
            if (holds && deal.reservation.terms.seller == seller) units += deal.reservation.units;
        }
    }

    function held(address token, address account) public view returns (uint256) {
        return token == address(0) ? account.balance : TOKEN.balanceOf(account);
    }

    function priceOf(IBroker.Reservation memory r, uint256 time) public pure returns (uint256) {
        return uint256(r.offer.price) * r.units * time;
    }

    function inEth(IBroker.Reservation memory r, uint256 time) private pure returns (uint256) {
        return r.terms.token == address(0) ? priceOf(r, time) : 0;
    }

    /* MEDDLING */

    /// @dev Anyone calls anything on one of the latest deals.
    function meddle(uint256 which, uint256 who, Call call, uint32 more, uint32 delivered, uint256 signer) private {
        if (deals.length == 0) return;
        Deal storage deal = deals[deals.length - 1 - which % (deals.length < 6 ? deals.length : 6)];
        IBroker.Reservation memory r = deal.reservation;
        Attempt memory attempt;
        attempt.call = call;
        attempt.caller = [r.terms.seller, r.buyer, STRANGER][who % 3];
        attempt.more = more;
        // Now and then a second too many, or beyond the end.
        uint256 elapsed = r.end - r.start;
        attempt.receipt = IBroker.Receipt({
            until: r.end + (delivered % 16 == 1 ? 1 : 0),
            delivered: uint32(bound(delivered, 0, elapsed + 1)),
            evidence: 0
        });
        attempt.signer = signer % 3;
        bool expected = allowed(deal, attempt);
        bytes memory data = encode(attempt, r);

        vm.prank(attempt.caller);
        (bool done,) = address(BROKER).call{value: valueOf(attempt, r)}(data);

        require(done == expected, expected ? "refused what is allowed" : "allowed what is forbidden");
        if (!done) return;
        book(deal, attempt);
    }

    function valueOf(Attempt memory attempt, IBroker.Reservation memory r) private pure returns (uint256) {
        // Only a buyer has what it takes; whoever else tries needs no money to be refused.
        return attempt.call == Call.Extend && attempt.caller == r.buyer ? inEth(r, attempt.more) : 0;
    }

    function encode(Attempt memory attempt, IBroker.Reservation memory r) private view returns (bytes memory) {
        if (attempt.call == Call.Acknowledge) return abi.encodeCall(IBroker.acknowledge, (r, ""));
        if (attempt.call == Call.Decline) return abi.encodeCall(IBroker.decline, (r, IBroker.Reason.Capacity));
        if (attempt.call == Call.Cancel) return abi.encodeCall(IBroker.cancel, (r));
        if (attempt.call == Call.Extend) return abi.encodeCall(IBroker.extend, (r, attempt.more));
        if (attempt.call == Call.Release) return abi.encodeCall(IBroker.release, (r));
        if (attempt.call == Call.Revoke) return abi.encodeCall(IBroker.revoke, (r, IBroker.Reason.Hardware));
        if (attempt.call == Call.SettleWithoutReceipt) return abi.encodeCall(IBroker.settleWithoutReceipt, (r));
        return abi.encodeCall(IBroker.settle, (r, attempt.receipt, signature(attempt, r)));
    }

    function signature(Attempt memory attempt, IBroker.Reservation memory r) private view returns (bytes memory) {
        bytes32 digest = BROKER.receiptDigest(keccak256(abi.encode(r.buyer, r.name)), attempt.receipt);
        (uint8 v, bytes32 rr, bytes32 s) = vm.sign(keyOf(signerOf(attempt, r)), digest);
        return abi.encodePacked(rr, s, v);
    }

    function signerOf(Attempt memory attempt, IBroker.Reservation memory r) private pure returns (address) {
        return [r.buyer, r.terms.seller, vm.addr(VERIFIER_KEY)][attempt.signer];
    }

    function keyOf(address account) private view returns (uint256) {
        for (uint256 i = 0; i < PROVIDERS; i++) {
            if (providers[i] == account) return FIRST_KEY + i;
        }
        return VERIFIER_KEY;
    }

    function allowed(Deal storage deal, Attempt memory attempt) private view returns (bool) {
        IBroker.Reservation memory r = deal.reservation;
        (Call call, address caller) = (attempt.call, attempt.caller);
        if (deal.state == IBroker.State.Requested) {
            bool overdue = block.timestamp >= r.acknowledgeBy;
            if (call == Call.Acknowledge) return caller == r.terms.seller && !overdue;
            if (call == Call.Decline) return caller == r.terms.seller;
            return call == Call.Cancel && (caller == r.buyer || overdue);
        }
        bool over = block.timestamp >= r.end;
        if (deal.state == IBroker.State.Active && !over) {
            if (call == Call.Release) return caller == r.buyer;
            if (call == Call.Extend) return caller == r.buyer && extendable(r, attempt.more);
            if (call == Call.Revoke) {
                return caller == r.terms.seller && block.timestamp + deal.numbers.notice < r.end;
            }
            return false;
        }
        if (deal.state != IBroker.State.Active && deal.state != IBroker.State.Ended) return false;
        if (call == Call.SettleWithoutReceipt) return timely(deal, caller, 0);
        return call == Call.Settle && timely(deal, caller, attempt.receipt.delivered) && valid(attempt, r);
    }

    function extendable(IBroker.Reservation memory r, uint32 more) private view returns (bool) {
        Offer memory now_ = offers[r.terms.seller];
        bool stands = keccak256(abi.encode(now_.terms, now_.offer)) == keccak256(abi.encode(r.terms, r.offer));
        return stands && more > 0 && r.duration + more <= 600 && r.end == r.start + r.duration;
    }

    function timely(Deal storage deal, address caller, uint256 delivered) private view returns (bool) {
        IBroker.Reservation memory r = deal.reservation;
        bool closed = block.timestamp >= r.end + deal.numbers.claimWindow;
        return caller == r.terms.seller || delivered == r.end - r.start || closed;
    }

    function valid(Attempt memory attempt, IBroker.Reservation memory r) private pure returns (bool) {
        address signer = signerOf(attempt, r);
        IBroker.Receipt memory given = attempt.receipt;
        bool possible = given.until <= r.end && given.delivered <= given.until - r.start;
        return possible && (signer == r.buyer || signer == r.terms.verifier);
    }

    function book(Deal storage deal, Attempt memory attempt) private {
        IBroker.Reservation storage r = deal.reservation;
        Call call = attempt.call;
        if (call == Call.Acknowledge) {
            deal.state = IBroker.State.Active;
            r.start = uint40(block.timestamp);
            r.end = r.start + r.duration;
        } else if (call == Call.Extend) {
            r.duration += attempt.more;
            r.end += attempt.more;
        } else if (call == Call.Release) {
            deal.state = IBroker.State.Ended;
            r.end = uint40(block.timestamp);
        } else if (call == Call.Revoke) {
            r.end = uint40(block.timestamp) + deal.numbers.notice;
        } else if (call == Call.Settle || call == Call.SettleWithoutReceipt) {
            deal.state = IBroker.State.Settled;
            uint256 paid = call == Call.Settle ? priceOf(r, secondsPaid(deal, attempt.receipt.delivered)) : 0;
            owed[r.terms.token][r.terms.seller] += paid;
            owed[r.terms.token][r.buyer] += priceOf(r, r.duration) - paid;
        } else {
            deal.state = call == Call.Decline ? IBroker.State.Declined : IBroker.State.Cancelled;
            owed[r.terms.token][r.buyer] += priceOf(r, r.duration);
        }
    }

    /// @dev In hundredths of a percent, and below zero where the contract is careful not to go.
    function secondsPaid(Deal storage deal, uint32 delivered) private view returns (uint256) {
        int256 promised =
            int256(uint256(deal.reservation.end - deal.reservation.start)) * int16(deal.numbers.availability);
        int256 missing = promised - int256(uint256(delivered)) * 10_000;
        if (missing <= 0) return delivered;
        int256 wholeSeconds = (missing + 9_999) / 10_000;
        int256 paid = int256(uint256(delivered)) - wholeSeconds * (int8(deal.numbers.shortfallMultiple) - 1);
        return paid < 0 ? 0 : uint256(paid);
    }
}
