"""The key: from where it comes, which ones are refused, and that no message holds it."""

import base64
import random
from pathlib import Path

import pytest

from orchestration.pseudonyms import (
    DEMO_KEY,
    KEY_FILE_SETTING,
    KEY_SETTING,
    MINIMUM_LENGTH,
    key_from_environment,
    weakness,
)

GOOD = "uJ7-wq2Zr9Xc4Vb8Nm1Lk6Hg3Fd5Sa0P"

WEAK = {
    "31 signs": (GOOD[:-1], "heeft 31 tekens"),
    "one sign": ("a" * 32, "verschillende tekens"),
    "few signs": ("ab12" * 9 + "ba21", "verschillende tekens"),
    "a pattern": ("q7Xz-2Lm" * 4, "herhaalt"),
    "a pattern, cut off": (("q7Xz-2Lm9w" * 4)[:37], "herhaalt"),
    "the alphabet": ("abcdefghijklmnopqrstuvwxyz0123456789", "op elkaar volgen"),
    "the alphabet, backwards": ("zyxwvutsrqponmlkjihgfedcba9876543210", "op elkaar volgen"),
    "a word, filled up": ("wachtwoord-Wachtwoord_WACHTWOORD!1", "bekende woorden"),
    "a word in figures": ("W@chtw00rd-P4ssw0rd-G3h31m-W3lk0m1", "bekende woorden"),
    "the name of the project": ("Veiligheidsagenda-Politie-2026!sleutel", "bekende woorden"),
    "a sentence": ("correct horse battery staple password welkom123", "een zin van woorden"),
    "a sentence of other words": ("paard-accu-nietje-juist-7Kq2xZ9wV4mL8", "een zin van woorden"),
    "a sentence in Dutch": ("Één crèche_naast.de ouderwetse molen 12", "een zin van woorden"),
    "the key of the demo": (DEMO_KEY.secret.decode(), "die van de demo"),
}


@pytest.fixture(autouse=True)
def _no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY_SETTING, raising=False)
    monkeypatch.delenv(KEY_FILE_SETTING, raising=False)


@pytest.mark.parametrize(("secret", "told"), WEAK.values(), ids=WEAK)
@pytest.mark.parametrize("from_file", [False, True], ids=["variable", "file"])
def test_a_key_that_protects_nothing_is_refused_and_not_repeated(
    secret: str, told: str, from_file: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if from_file:
        file = tmp_path / "sleutel"
        file.touch(0o600)
        file.write_text(secret + "\n")
        monkeypatch.setenv(KEY_FILE_SETTING, str(file))
    else:
        monkeypatch.setenv(KEY_SETTING, secret)
    with pytest.raises(ValueError, match=told) as refused:
        key_from_environment()
    assert secret not in str(refused.value)
    assert "openssl rand" in str(refused.value)


def test_keys_that_were_drawn_by_chance_are_taken() -> None:
    chance = random.Random(20261126)
    drawn = [chance.randbytes(size) for size in (16, 24, 32, 48) for _ in range(2000)]
    spelled = [
        each for raw in drawn for each in (raw.hex().encode(), base64.b64encode(raw), base64.urlsafe_b64encode(raw))
    ]
    keys = [secret for secret in spelled if len(secret) >= 32]
    # Of 16 bytes only the spelling in hexadecimal is long enough.
    assert len(keys) == 20000
    assert [key for key in keys if weakness(key)] == []


def test_a_key_comes_from_a_file_that_only_the_owner_may_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "sleutel"
    file.touch(0o600)
    file.write_text(f"{GOOD}\n")
    monkeypatch.setenv(KEY_FILE_SETTING, str(file))
    from_file = key_from_environment()
    monkeypatch.delenv(KEY_FILE_SETTING)
    monkeypatch.setenv(KEY_SETTING, GOOD)
    assert from_file == key_from_environment()
    assert from_file is not None and from_file.secret == GOOD.encode(), "the end of the line is no part of it"
    assert GOOD not in repr(from_file)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602])
def test_a_file_that_others_may_read_or_change_holds_no_key(
    mode: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "sleutel"
    file.write_text(GOOD)
    file.chmod(mode)
    monkeypatch.setenv(KEY_FILE_SETTING, str(file))
    with pytest.raises(ValueError, match="anderen mogen dit bestand lezen") as refused:
        key_from_environment()
    assert GOOD not in str(refused.value)


def test_a_file_that_is_not_there_and_two_keys_are_no_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert key_from_environment() is None
    monkeypatch.setenv(KEY_FILE_SETTING, str(tmp_path / "weg"))
    with pytest.raises(ValueError, match="niet te lezen"):
        key_from_environment()
    monkeypatch.setenv(KEY_SETTING, GOOD)
    with pytest.raises(ValueError, match="beide gezet"):
        key_from_environment()


def test_a_good_key_needs_no_more_than_the_length_that_is_asked() -> None:
    assert len(GOOD) == MINIMUM_LENGTH
    assert weakness(GOOD.encode()) is None
