from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  rpc_url:
    description:
      - HTTP or HTTPS address of the JSON-RPC interface of an Ethereum node.
      - If not given, the environment variable E(DECENTER_RPC_URL) is used.
    type: str
    required: true
  chain_id:
    description:
      - The number of the chain that the node has to serve.
      - If not given, the environment variable E(DECENTER_CHAIN_ID) is used.
    type: int
    required: true
  private_key:
    description:
      - The private key of the account that signs, 64 hexadecimal digits. Keep it in Ansible Vault or the environment.
      - If not given, the environment variable E(DECENTER_PRIVATE_KEY) is used.
      - What only reads needs neither this nor O(keystore).
    type: str
  keystore:
    description:
      - A keystore file of version 3 on the controller with the private key, instead of O(private_key).
      - If not given, the environment variable E(DECENTER_KEYSTORE) is used.
      - Decrypting one takes most of a second in each task where its maker chose geth's default strength.
    type: path
  keystore_password:
    description:
      - The password of O(keystore).
      - If not given, the environment variable E(DECENTER_KEYSTORE_PASSWORD) is used.
    type: str
  timeout:
    description:
      - Seconds to wait for an answer of the node, and for a transaction to be in a block and confirmed.
    type: float
    default: 30.0
  confirmations:
    description:
      - How many blocks there have to be on top of a transaction's own before the task goes on.
    type: int
    default: 0
requirements:
  - coincurve >= 21
  - cryptography >= 46
  - web3 >= 8, < 9
notes:
  - The work is done in the controller by an action plugin, whichever host the task is for.
  - Amounts are whole numbers in options and results, of wei or of the smallest unit of a token. Ansible keeps them
    exact; what reads results with 64-bit floats (many JSON tools) has to turn them into strings first.
  - Addresses and ids are returned in lower case.
  - A task that was killed after it had sent a transaction waits for that transaction when it is run again, and sends
    nothing twice.
"""

    CONTRACT = r"""
options:
  contract_address:
    description:
      - The address of the ResourceExchangeBroker.
      - If not given, the environment variable E(DECENTER_CONTRACT_ADDRESS) is used.
    type: str
    required: true
  from_block:
    description:
      - The block that the contract was deployed in. Reading starts there, so on a public chain it saves minutes.
      - If not given, the environment variable E(DECENTER_FROM_BLOCK) is used.
    type: int
    default: 0
"""
