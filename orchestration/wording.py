"""How numbers are written for Dutch readers; what is told of them stands where it is found."""


def dutch(number: object, sign: str = "-") -> str:
    """Write a number with a dot between thousands, and one decimal behind a comma unless that is zero.

    Args:
        number: The number.
        sign: `+` where a sign stands in front of a positive number too.
    """
    text = f"{float(str(number)):{sign},.1f}".removesuffix(".0")
    return text.translate(str.maketrans({",": ".", ".": ","}))


def counted(number: int, one: str, more: str) -> str:
    """Write a number of things.

    Args:
        number: How many.
        one: What one of them is called.
        more: What more of them are called.
    """
    return f"{dutch(number)} {one if number == 1 else more}"
