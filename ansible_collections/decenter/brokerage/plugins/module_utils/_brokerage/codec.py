"""Between the contract's bytes and Python: calls, events, errors, as the ABI says. Decoded once, here."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from .artifact import ABI
from .errors import CONTRACT_ERRORS, BrokerageError, TransactionReverted
from .ids import keccak
from .ledger import Event
from .types import STATES, Call

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from eth_typing import Decodable

# ruff: noqa: PLC0415 (a module without eth_abi's company still has to start)

# A struct, and an array of them.
_STRUCTS = ("tuple", "tuple[]")
# What others than the market answer to: tokens (ERC-20) and contracts that sign (ERC-1271).
_OTHERS: list[dict[str, Any]] = [
    {
        "type": "function",
        "name": name,
        "inputs": [{"name": "", "type": each} for each in inputs],
        "outputs": [{"name": "answer", "type": output}],
    }
    for name, inputs, output in (
        ("allowance", ("address", "address"), "uint256"),
        ("approve", ("address", "uint256"), "bool"),
        ("balanceOf", ("address",), "uint256"),
        ("isValidSignature", ("bytes32", "bytes"), "bytes4"),
    )
]
# What geth and its kin answer for a revert without data.
_NO_DATA = ("", "0x")


class Codec:
    """The ABI, looked up by name, topic and selector."""

    def encode(self, call: Call) -> bytes:
        """Return the calldata."""
        from eth_abi.abi import encode

        entry = self._functions[call.function]
        return _selector(entry) + encode([_type(each) for each in entry["inputs"]], call.arguments)

    def decode_result(self, function: str, data: bytes) -> dict[str, Any]:
        """Return what a function answers, by the names of its results."""
        return _decode(self._functions[function]["outputs"], data)

    def decode_event(self, topics: Sequence[bytes], data: bytes) -> Event:
        """Return the entry of the log, structs as mappings."""
        entry = self._events[bytes(topics[0])]
        indexed = [each for each in entry["inputs"] if each["indexed"]]
        plain = [each for each in entry["inputs"] if not each["indexed"]]
        arguments = _decode(indexed, b"".join(topics[1:])) | _decode(plain, data)
        return Event(entry["name"], arguments)

    def decode_error(self, data: object, message: str) -> BrokerageError:
        """Return the contract's error behind the data of a revert (hex)."""
        if not isinstance(data, str) or data in _NO_DATA:
            return TransactionReverted(message)
        raw = bytes.fromhex(data.removeprefix("0x"))
        entry = self._errors.get(raw[:4])
        if entry is None:
            return TransactionReverted(message)
        arguments = _decode(entry["inputs"], raw[4:])
        return CONTRACT_ERRORS[entry["name"]](*(_plain(each, arguments[each["name"]]) for each in entry["inputs"]))

    @cached_property
    def _functions(self) -> Mapping[str, dict[str, Any]]:
        return {entry["name"]: entry for entry in (*_OTHERS, *_entries("function"))}

    @cached_property
    def _events(self) -> Mapping[bytes, dict[str, Any]]:
        return {keccak(_signature(entry)): entry for entry in _entries("event")}

    @cached_property
    def _errors(self) -> Mapping[bytes, dict[str, Any]]:
        return {_selector(entry): entry for entry in _entries("error")}


def _entries(kind: Literal["function", "event", "error"]) -> list[dict[str, Any]]:
    return [entry for entry in ABI if entry["type"] == kind]


def _type(parameter: Mapping[str, Any]) -> str:
    if parameter["type"] in _STRUCTS:
        return f"({','.join(map(_type, parameter['components']))}){parameter['type'].removeprefix('tuple')}"
    return str(parameter["type"])


def _signature(entry: Mapping[str, Any]) -> bytes:
    return f"{entry['name']}({','.join(map(_type, entry['inputs']))})".encode()


def _selector(entry: Mapping[str, Any]) -> bytes:
    return keccak(_signature(entry))[:4]


def _decode(parameters: Sequence[Mapping[str, Any]], data: Decodable) -> dict[str, Any]:
    from eth_abi.abi import decode

    values = decode([_type(each) for each in parameters], data)
    return {each["name"]: _named(each, value) for each, value in zip(parameters, values, strict=True)}


def _named(parameter: Mapping[str, Any], value: Any) -> Any:  # noqa: ANN401 (whatever the ABI has)
    if parameter["type"] not in _STRUCTS:
        return value
    if parameter["type"] == "tuple[]":
        return [_named({**parameter, "type": "tuple"}, each) for each in value]
    components = parameter["components"]
    return {each["name"]: _named(each, inner) for each, inner in zip(components, value, strict=True)}


def _plain(parameter: Mapping[str, Any], value: Any) -> object:  # noqa: ANN401 (whatever the ABI has)
    if parameter["internalType"].endswith(".State"):
        return STATES[value].value
    return "0x" + value.hex() if isinstance(value, bytes) else value
