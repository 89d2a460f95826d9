"""How a column that is declared personal is stored: its canonical form under a keyed hash (HMAC-SHA-256), in SQL.

The key is a secret of the environment; this module never logs it, and a hash made here cannot be turned back.
"""

import hashlib
import hmac
import os
from dataclasses import dataclass

from orchestration.declarations import Column

KEY_SETTING = "VEILIGHEIDSAGENDA_SLEUTEL"
MINIMUM_LENGTH = 32
BLOCK = 64


@dataclass(frozen=True)
class Key:
    """A key for keyed hashes.

    Args:
        secret: The key itself; not shown when the object is printed.
    """

    secret: bytes

    def __repr__(self) -> str:
        """Hide the secret."""
        return f"Key({self.fingerprint})"

    @property
    def fingerprint(self) -> str:
        """Eight characters that tell two keys apart and give neither away."""
        return hmac.new(self.secret, b"veiligheidsagenda", hashlib.sha256).hexdigest()[:8]

    @property
    def pads(self) -> dict[str, bytes]:
        """The two blocks that turn SQL's plain sha256 into HMAC (RFC 2104), as query parameters."""
        block = self.secret if len(self.secret) <= BLOCK else hashlib.sha256(self.secret).digest()
        block = block.ljust(BLOCK, b"\0")
        return {"ipad": bytes(byte ^ 0x36 for byte in block), "opad": bytes(byte ^ 0x5C for byte in block)}


DEMO_KEY = Key(b"demo-sleutel: alleen voor fictieve gegevens")


def key_from_environment() -> Key | None:
    """Read the key for real data.

    Returns:
        The key, or None where none is set.

    Raises:
        ValueError: The key is too short to protect anything.
    """
    secret = os.environ.get(KEY_SETTING)
    if not secret:
        return None
    if len(secret) < MINIMUM_LENGTH:
        raise ValueError(f"{KEY_SETTING} heeft {len(secret)} tekens; nodig zijn er ten minste {MINIMUM_LENGTH}")
    return Key(secret.encode())


def canonical_sql(column: Column) -> str:
    """SQL for the canonical form of a column: its normal form, or its parts padded and joined with `-`."""
    if column.canonical_pattern is None or column.canonical_widths is None:
        return f'"{column.name}"'
    name, widths = f'"{column.name}"', column.canonical_widths
    pattern = column.canonical_pattern.replace("'", "''")
    joined = "-".join(f"\\{group}" for group in range(1, len(widths) + 1))
    parts = ", ".join(
        f"lpad(regexp_extract({name}, '{pattern}', {group}), {width}, '0')"
        for group, width in enumerate(widths, start=1)
    )
    # Most numbers have all their zeros: for those one pass of the regular expression will do.
    complete = f"regexp_replace({name}, '{pattern}', '{joined}')"
    return (
        f"case when length({complete}) = {sum(widths) + len(widths) - 1} then {complete} "
        f"when {name} is not null then concat_ws('-', {parts}) end"
    )


def hash_sql(value: str) -> str:
    """SQL for the keyed hash of an expression, 64 hexadecimal characters; NULL stays NULL.

    Args:
        value: SQL expression of type varchar. The statement takes the parameters `ipad` and `opad` of a `Key`.
    """
    return f"sha256($opad::blob || unhex(sha256($ipad::blob || encode({value}))))"
