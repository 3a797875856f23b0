"""Putting the contract on a chain, at an address that is the same on every chain.

CREATE2 makes the address from the code alone, if a proxy does the creating that itself has one address everywhere: the
deterministic deployment proxy (github.com/Arachnid/deterministic-deployment-proxy). Where a chain has none yet, anybody
can put it there with a transaction that nobody has the key to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .artifact import BYTECODE
from .client import RELEASES
from .errors import ContractMissing, ProxyRefused, RpcRefused
from .ids import Address, digest_of, keccak

if TYPE_CHECKING:
    from web3.types import TxParams

    from .client import Node

PROXY = Address("0x4e59b44847b379578588920ca78fbf26c0b4956c")
PROXY_CODE = bytes.fromhex(
    "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b"
    "8082525050506014600cf3"
)
# Its keyless transaction: a made-up signature, valid for the one account that it happens to recover to.
_PROXY_SIGNER = Address("0x3fab184622dc19b6109349b94811493bf2a45362")
_PROXY_COST = 100_000 * 10**11
_PROXY_TRANSACTION = bytes.fromhex(
    "f8a58085174876e800830186a08080b853604580600e600039806000f350fe"
    + PROXY_CODE.hex()
    + "1ba0"
    + "22" * 32
    + "a0"
    + "22" * 32
)
_SALT = bytes(32)


@dataclass(frozen=True)
class Deployment:
    """Where the contract is. `from_block` is the block that it came with, 0 where that isn't known."""

    contract: Address
    from_block: int


def contract_address() -> Address:
    """Return where the contract of this release is, on every chain that has it."""
    return created(_creation())


def created(code: bytes) -> Address:
    """Return where the proxy puts what this code creates (EIP-1014)."""
    proxy = bytes.fromhex(PROXY.removeprefix("0x"))
    return Address("0x" + keccak(b"\xff" + proxy + _SALT + keccak(code))[12:].hex())


def find(node: Node) -> Deployment | None:
    """Look for the contract. Raises ContractMissing where its address has other code."""
    found = node.code_hash(contract_address())
    if found is None:
        return None
    if found not in RELEASES:
        raise ContractMissing(contract_address(), "another contract")
    return Deployment(contract_address(), 0)


def simulate(node: Node) -> None:
    """Try to deploy, changing nothing. Raises as `Node.simulate` does."""
    node.simulate(_through_proxy(node) if _has_proxy(node) else {"data": _creation()})


def deploy(node: Node) -> Deployment:
    """Put the contract on the chain, and first the proxy where it is missing.

    Raises as `Node.transact` does; ProxyRefused where the node doesn't let the proxy in, and ContractMissing if what
    comes out is not the contract.
    """
    if not _has_proxy(node):
        _bring_proxy(node)
    block = node.transact(_through_proxy(node)).block
    if find(node) is None:
        raise ContractMissing(contract_address(), "no contract")
    return Deployment(contract_address(), block)


def _has_proxy(node: Node) -> bool:
    return node.code_hash(PROXY) == digest_of(PROXY_CODE)


def _bring_proxy(node: Node) -> None:
    missing = _PROXY_COST - node.balance(_PROXY_SIGNER)
    if missing > 0:
        node.give(_PROXY_SIGNER, missing)
    try:
        node.publish(_PROXY_TRANSACTION)
    except RpcRefused as error:
        raise ProxyRefused(error.node, error.reason) from error
    if not _has_proxy(node):
        raise ProxyRefused(node.name, "its transaction fails")


def _through_proxy(node: Node) -> TxParams:
    return {"to": node.checksummed(PROXY), "data": _SALT + _creation()}


def _creation() -> bytes:
    return bytes.fromhex(BYTECODE.removeprefix("0x"))
