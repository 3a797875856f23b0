#!/usr/bin/python
"""Make a provider's account: the key that signs on the chain and the key to which others seal."""

from __future__ import annotations

from pathlib import Path

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.sealing import SealingKey

DOCUMENTATION = r"""
module: account
short_description: Keys of a provider on the chain
version_added: 0.1.0
description:
  - Makes an Ethereum account and an X25519 sealing key, once, in a folder of the machine it runs on.
  - Keys that are there stay as they are.
author: [Decenter brokerage (@decenter)]
options:
  path:
    description: Folder of the keys. It gets C(account.key), C(account.address), C(sealing.key) and C(sealing.pub).
    type: path
    required: true
attributes:
  check_mode:
    support: full
    description: Says whether keys would be made.
  diff_mode:
    support: none
    description: Keys are not for showing.
"""

EXAMPLES = r"""
- name: Make provider A's keys
  decenter.testbed.account:
    path: ~/.local/state/decenter/keys/provider-a
"""

RETURN = ""


def write(path: Path, text: str, mode: int) -> None:
    """Write a line; a new file has its mode before it has content."""
    path.touch(mode=mode)
    path.write_text(f"{text}\n")


def make_signing_key(folder: Path) -> None:
    """Make the key that signs transactions, after its address: whoever finds the key finds both."""
    from eth_account import Account  # noqa: PLC0415 (0.6 s, needed once in a folder's life)

    account = Account.create()
    write(folder / "account.address", account.address.lower(), 0o644)
    write(folder / "account.key", account.key.to_0x_hex(), 0o600)


def make_sealing_key(folder: Path) -> None:
    """Make the key to which others seal, after its public half."""
    key = SealingKey.generate()
    write(folder / "sealing.pub", key.public(), 0o644)
    write(folder / "sealing.key", key.to_base64(), 0o600)


def main() -> None:
    """Make what is missing."""
    module = AnsibleModule(argument_spec={"path": {"type": "path", "required": True}}, supports_check_mode=True)
    folder = Path(module.params["path"])
    makers = {"account.key": make_signing_key, "sealing.key": make_sealing_key}
    missing = [make for name, make in makers.items() if not (folder / name).exists()]
    if not module.check_mode:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for make in missing:
            make(folder)
    module.exit_json(changed=bool(missing))


if __name__ == "__main__":
    main()
