"""The checksums of a folder of files, in the form that `sha256sum --check` reads.

One file lists all others, so that its own checksum stands for the whole folder. What is done where they differ is
decided elsewhere.
"""

import hashlib
from collections.abc import Collection
from pathlib import Path

LIST = "controlegetallen.sha256"


def write(folder: Path) -> str:
    """List every file below a folder, in the folder itself.

    Args:
        folder: The folder, with all that will be in it.

    Returns:
        The checksum of the list.
    """
    lines = [f"{of_file(folder / name)}  {name}\n" for name in _files(folder)]
    listed = folder / LIST
    listed.write_text("".join(lines), encoding="utf-8", newline="\n")
    return of_file(listed)


def of_list(folder: Path) -> str | None:
    """The checksum of the list of a folder; None where it has none.

    Args:
        folder: The folder.
    """
    listed = folder / LIST
    return of_file(listed) if listed.is_file() else None


def faults(folder: Path, expected: str, later: Collection[str] | None = None) -> list[str]:
    """What is otherwise in a folder than when its list was written.

    A file that is not listed is one thing too many: beside a database it may change what is read from it.

    Args:
        folder: The folder.
        expected: The checksum that the list had.
        later: Files and folders that may have come since; None where it does not matter what else is there.

    Returns:
        In Dutch, one remark per file; empty where all is as it was.
    """
    if not folder.is_dir():
        return [f"de map {folder.name} is er niet meer"]
    if of_list(folder) != expected:
        return [f"{folder.name}/{LIST} is veranderd of ontbreekt"]
    lines = [line.partition("  ") for line in (folder / LIST).read_text(encoding="utf-8").splitlines()]
    listed = {name for _, _, name in lines}
    told = [
        f"{folder.name}/{name} hoort er niet"
        for name in _files(folder)
        if later is not None and name not in listed and name.partition("/")[0] not in (LIST, *later)
    ]
    for checksum, _, name in lines:
        file = folder / name
        if not file.is_file():
            told.append(f"{folder.name}/{name} ontbreekt")
        elif of_file(file) != checksum:
            told.append(f"{folder.name}/{name} is veranderd")
    return told


def of_file(file: Path) -> str:
    """The SHA-256 of what a file holds, in hexadecimal.

    Args:
        file: The file.
    """
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def of_folder(folder: Path) -> str:
    """One checksum of the names and contents of all files below a folder, whatever a list says.

    Args:
        folder: The folder; one that is not there holds nothing.
    """
    digest = hashlib.sha256()
    for name in _files(folder):
        digest.update(f"{name} {of_file(folder / name)}\n".encode(errors="surrogateescape"))
    return digest.hexdigest()


def _files(folder: Path) -> list[str]:
    return sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())
