"""How far a text that was read is from the sign that it was read from."""


def character_error_rate(sign: str, text: str) -> float:
    """Return the edit distance between `text` and `sign` over the sign's length; spaces don't count."""
    wanted, got = sign.replace(" ", ""), text.replace(" ", "")
    row = list(range(len(got) + 1))
    for i, expected in enumerate(wanted, 1):
        previous, row[0] = row[0], i
        for j, actual in enumerate(got, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (expected != actual))
    return row[-1] / len(wanted)
