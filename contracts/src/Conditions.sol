// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice The numbers of an offer's terms in one word, since every call on a reservation brings them along and a word of
/// calldata costs some 150 gas. From the highest bits down:
///
///     40 zero · 32 minDuration · 32 maxDuration · 32 acknowledgeWithin ·
///     32 receiptInterval · 32 claimWindow · 32 notice · 16 availability · 8 shortfallMultiple
type Conditions is uint256;

using {
    unused,
    minDuration,
    maxDuration,
    acknowledgeWithin,
    receiptInterval,
    claimWindow,
    notice,
    availability,
    shortfallMultiple
} for Conditions global;

/// @notice Zero, so that there is one way to write the same conditions.
function unused(Conditions self) pure returns (uint40) {
    return uint40(Conditions.unwrap(self) >> 216);
}

/// @notice The shortest lease in seconds, at least 1.
function minDuration(Conditions self) pure returns (uint32) {
    return uint32(Conditions.unwrap(self) >> 184);
}

/// @notice The longest lease in seconds, extensions included; at least `minDuration`.
function maxDuration(Conditions self) pure returns (uint32) {
    return uint32(Conditions.unwrap(self) >> 152);
}

/// @notice Seconds from the reservation in which the seller has to acknowledge, at least 1.
function acknowledgeWithin(Conditions self) pure returns (uint32) {
    return uint32(Conditions.unwrap(self) >> 120);
}

/// @notice Seconds from one receipt to the next, at least 1; for the two sides to keep.
function receiptInterval(Conditions self) pure returns (uint32) {
    return uint32(Conditions.unwrap(self) >> 88);
}

/// @notice Seconds from a lease's end in which the seller alone chooses the receipt: 1 to 30 days.
function claimWindow(Conditions self) pure returns (uint32) {
    return uint32(Conditions.unwrap(self) >> 56);
}

/// @notice Seconds that a lease goes on when it is revoked.
function notice(Conditions self) pure returns (uint32) {
    return uint32(Conditions.unwrap(self) >> 24);
}

/// @notice The share of the time that is promised, in basis points: 0 to 10,000.
function availability(Conditions self) pure returns (uint16) {
    return uint16(Conditions.unwrap(self) >> 8);
}

/// @notice How many times its share a second below the promise costs: 1 to 10.
function shortfallMultiple(Conditions self) pure returns (uint8) {
    return uint8(Conditions.unwrap(self));
}
