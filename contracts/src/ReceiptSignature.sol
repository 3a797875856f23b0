// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

import {IResourceExchangeBroker} from "./IResourceExchangeBroker.sol";

/// @title What is signed under a receipt, and by whom
/// @dev EIP-712. The domain is hashed at each call and not kept in immutables: so the contract's code is the same on every
/// chain, and a fork of a chain has a domain of its own.
library ReceiptSignature {
    bytes32 private constant DOMAIN_TYPE =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    bytes32 private constant NAME = keccak256("ResourceExchangeBroker");
    bytes32 private constant VERSION = keccak256("1");
    bytes32 private constant RECEIPT_TYPE =
        keccak256("Receipt(bytes32 reservation,uint40 until,uint32 delivered,bytes32 evidence)");

    /// @notice What buyer or verifier signs, for the contract that this runs in.
    function digest(bytes32 reservation, IResourceExchangeBroker.Receipt calldata receipt)
        internal
        view
        returns (bytes32)
    {
        bytes32 domain = keccak256(abi.encode(DOMAIN_TYPE, NAME, VERSION, block.chainid, address(this)));
        return MessageHashUtils.toTypedDataHash(domain, keccak256(abi.encode(RECEIPT_TYPE, reservation, receipt)));
    }

    /// @notice Whether one of the two signed. A verifier of zero is nobody.
    /// @dev Keys first, for their owners have no code to load; then contracts, by ERC-1271.
    function isByEither(address buyer, address verifier, bytes32 hash, bytes calldata signature)
        internal
        view
        returns (bool)
    {
        (address signer,,) = ECDSA.tryRecoverCalldata(hash, signature);
        if (signer != address(0) && (signer == buyer || signer == verifier)) return true;
        return SignatureChecker.isValidERC1271SignatureNowCalldata(buyer, hash, signature)
            || (verifier != address(0)
                && SignatureChecker.isValidERC1271SignatureNowCalldata(verifier, hash, signature));
    }
}
