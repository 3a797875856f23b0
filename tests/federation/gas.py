"""What the parties paid for gas."""

from demo.ledger import account, connect


def gas_paid(party: str, first: int = 0) -> int:
    """Return the wei that `party` (`buyer`, `seller`) has paid for the gas of its transactions since block `first`."""
    eth = connect().node.web3.eth
    sender = account(party)
    receipts = (
        receipt
        for number in range(first, eth.block_number + 1)
        for receipt in eth.get_block_receipts(number)
        if receipt["from"].lower() == sender
    )
    return sum(receipt["gasUsed"] * receipt["effectiveGasPrice"] for receipt in receipts)
