"""How a column that is declared personal is stored: its canonical form under a keyed hash, in SQL.

The hash is SHA-256 over a secret of 32 bytes and the value behind it, of which the first 128 bits are kept as 32
hexadecimal characters. Numbers of persons and cases are few enough to try them all, so all rests on the secret: it is
derived from the key, and whoever has it not can compute no hash. SHA-256 is no MAC in this form, since whoever knows a
whole hash can go on from where it ended and so has that of a longer value; here half of it is withheld, and nobody is
believed for having a hash. HMAC closes that door by hashing four blocks where this hashes one, and took over three
times as long. Of 10^9 numbers two have one hash by chance with a probability of 10^-21.

A register that was begun under HMAC goes on so, as an `earlier` key: no person may be two. How all of it is brought
under the present form, or under another key, stands in `rekeying`. The key is a secret of the environment; this module
never logs it, and a hash made here cannot be turned back.
"""

import hashlib
import hmac
import os
import re
from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from orchestration.declarations import Column
from orchestration.rights import may_be_read_by_others

KEY_SETTING = "VEILIGHEIDSAGENDA_SLEUTEL"
KEY_FILE_SETTING = "VEILIGHEIDSAGENDA_SLEUTEL_BESTAND"
MINIMUM_LENGTH = 32
# A key drawn by chance has fewer different signs about once in a thousand if it is of digits, and never otherwise.
MINIMUM_SIGNS = 8
# What people fill up a key with; it counts for nothing, and what is left must still be long enough to try in vain.
WELL_KNOWN = re.compile(
    "veiligheidsagenda|wachtwoord|password|geheim|secret|sleutel|politie|welkom|welcome|changeme|letmein|admin|demo|"
    "test|qwerty|azerty|abcdef|012345|123456|654321|fictieve|gegevens|alleen"
)
# A sentence: four words or more, each in one case but for a capital, with a sign between two of them. In base64 and in
# hexadecimal no such sign occurs; with `-` and `_` for two of its signs chance makes one in about a million keys.
WORD = "(?:[A-ZÀ-Þ]?[a-zß-ÿ]{2,}|[A-ZÀ-Þ]{3,})"
SENTENCE = re.compile(rf"{WORD}(?:(?:[^\w+/=]|_){WORD}){{3,}}")
LOOKALIKES = str.maketrans("0134578@$!", "oieastbasi")
MINIMUM_LEFT = 20
HOW = "maak er een met: openssl rand -base64 48"
BLOCK = 64
LENGTH = 32
# A pseudonym of either form as a whole, to be found among numbers of things that are no secret.
LOOKS = "[0-9a-f]{64}|[0-9a-f]{32}"


@dataclass(frozen=True)
class Key:
    """A key for keyed hashes.

    Args:
        secret: The key itself; not shown when the object is printed.
        is_earlier: Hash as the first release did: HMAC-SHA-256 (RFC 2104), 64 characters.
    """

    secret: bytes
    is_earlier: bool = False

    def __repr__(self) -> str:
        """Hide the secret."""
        return f"Key({self.fingerprint})"

    @property
    def earlier(self) -> "Key":
        """The same key, as the first release hashed with it."""
        return replace(self, is_earlier=True)

    @property
    def fingerprint(self) -> str:
        """Eight characters that tell two keys, and the two ways to hash, apart and give no key away."""
        return self._derived(b"veiligheidsagenda" if self.is_earlier else b"veiligheidsagenda: afdruk").hex()[:8]

    @property
    def parameters(self) -> dict[str, bytes]:
        """What a statement with `hash_sql` of this key takes."""
        if not self.is_earlier:
            return {"geheim": self._derived(b"veiligheidsagenda: pseudoniem")}
        block = self.secret if len(self.secret) <= BLOCK else hashlib.sha256(self.secret).digest()
        block = block.ljust(BLOCK, b"\0")
        return {"ipad": bytes(byte ^ 0x36 for byte in block), "opad": bytes(byte ^ 0x5C for byte in block)}

    def _derived(self, purpose: bytes) -> bytes:
        """32 bytes that follow from the key and give neither it nor those of another purpose away."""
        return hmac.new(self.secret, purpose, hashlib.sha256).digest()


DEMO_KEY = Key(b"demo-sleutel: alleen voor fictieve gegevens")


def key_from_environment() -> Key | None:
    """Read the key for real data, from a variable or from the file that a variable names.

    Returns:
        The key, or None where none is set.

    Raises:
        ValueError: It cannot be read, others can read it too, both are set, or it is too short or too easily guessed to
            protect anything. The message never holds it.
    """
    secret, file = os.environ.get(KEY_SETTING), os.environ.get(KEY_FILE_SETTING)
    if secret and file:
        raise ValueError(f"{KEY_SETTING} en {KEY_FILE_SETTING} zijn beide gezet; laat er een staan")
    if file:
        return _checked(_read(Path(file)), f"de sleutel in {KEY_FILE_SETTING}")
    return _checked(os.fsencode(secret), KEY_SETTING) if secret else None


def _read(file: Path) -> bytes:
    """What stands in the file of the key, without the end of its line."""
    try:
        if may_be_read_by_others(file):
            raise ValueError(
                f"{KEY_FILE_SETTING}: anderen mogen dit bestand lezen of veranderen; geef alleen de gebruiker van de "
                "run rechten (chmod 600), en neem een nieuwe sleutel als iemand haar kan hebben gezien"
            )
        return file.read_bytes().strip()
    except OSError as error:
        raise ValueError(f"{KEY_FILE_SETTING}: het bestand is niet te lezen ({error.strerror})") from error


def _checked(secret: bytes, told: str) -> Key:
    if reason := weakness(secret):
        raise ValueError(f"{told} {reason}; {HOW}")
    return Key(secret)


def weakness(secret: bytes) -> str | None:
    """Say in Dutch why a key protects nothing; None where nothing is known against it.

    That a key was drawn by chance cannot be seen. What is seen: length, the key of the demo, few different signs, a
    repetition, a row of signs, a sentence, and a key of which little is left without the words of `WELL_KNOWN`. A word
    that is not in that list passes, as do words that are written together.

    Args:
        secret: The key.
    """
    size = len(secret)
    if size < MINIMUM_LENGTH:
        return f"heeft {size} tekens; nodig zijn er ten minste {MINIMUM_LENGTH}"
    if secret == DEMO_KEY.secret:
        return "is die van de demo, die iedereen kent"
    if len(set(secret)) < MINIMUM_SIGNS:
        return f"heeft minder dan {MINIMUM_SIGNS} verschillende tekens"
    if any(secret[place:] == secret[:-place] for place in range(1, size // 2 + 1)):
        return "herhaalt steeds hetzelfde"
    steps = Counter(after - before for before, after in pairwise(secret))
    if steps.most_common(1)[0][1] > size / 2:
        return "is een rij tekens die op elkaar volgen"
    text = secret.decode(errors="replace")
    # A sentence of many words would do; whether they were drawn by chance nobody can see.
    if SENTENCE.search(text):
        return "is een zin van woorden, of bevat er een"
    plain = text.lower()
    left = min(len(WELL_KNOWN.sub("", each)) for each in (plain, plain.translate(LOOKALIKES)))
    # Chance makes a word too, now and then; whoever makes one up mostly fills the key with it.
    if left < min(MINIMUM_LEFT, size):
        return "bestaat vooral uit bekende woorden"
    return None


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


def hash_sql(value: str, key: Key) -> str:
    """SQL for the keyed hash of an expression, in hexadecimal characters; NULL stays NULL.

    Args:
        value: SQL expression of type varchar.
        key: The key, of which the statement takes the `parameters`; nothing of it stands in the SQL.
    """
    if key.is_earlier:
        return f"sha256($opad::blob || unhex(sha256($ipad::blob || encode({value}))))"
    return f"left(sha256($geheim::blob || encode({value})), {LENGTH})"
