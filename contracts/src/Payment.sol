// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title What delivered time is worth
/// @notice The one rule that turns seconds into money. The client has it in Python too; tests hold the two together.
library Payment {
    uint256 internal constant BASIS_POINTS = 10_000;

    /// @notice Seconds to pay for: those delivered, less what the missing ones cost beyond their own share.
    /// @dev Whole numbers: the promise is rounded up to a second, in favour of the buyer. Never more than `delivered`, and
    /// never less for more seconds delivered.
    /// @param elapsed Seconds that the lease ran.
    /// @param delivered How many of them count as delivered; at most `elapsed`.
    /// @param availability The promised share of `elapsed`, in basis points; at most 10,000.
    /// @param shortfallMultiple How many times its share a second below the promise costs; at least 1.
    function paidSeconds(uint256 elapsed, uint256 delivered, uint256 availability, uint256 shortfallMultiple)
        internal
        pure
        returns (uint256)
    {
        uint256 promised = (elapsed * availability + BASIS_POINTS - 1) / BASIS_POINTS;
        if (delivered >= promised) return delivered;
        // The missing second itself is unpaid already: that is the first of the multiple.
        uint256 penalty = (promised - delivered) * (shortfallMultiple - 1);
        return delivered > penalty ? delivered - penalty : 0;
    }
}
