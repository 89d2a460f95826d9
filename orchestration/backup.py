"""A data folder as one file, of one moment, and back: what cannot be made again from something else.

That is raw with its register (and so the decisions of people), the ledger, the delivered files, and the publications
that are kept. What a night makes of them is not in it. When something is lost, and what then, stands in `damage`.

The file is a plain tar, by Python's own library: DuckDB and Parquet are compressed by themselves, and any machine can
still open it when this program is gone. Its last entry lists all others, with their size and SHA-256, so that a file
that was cut off has none.
"""

import errno
import hashlib
import io
import json
import os
import shlex
import shutil
import stat
import tarfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

import duckdb

from orchestration import checksums, damage, register
from orchestration.clock import now
from orchestration.ledger import open_ledger
from orchestration.locking import open_database, sole_writer
from orchestration.migrations import form_of
from orchestration.novelty import UNFINISHED
from orchestration.paths import DataPaths, version
from orchestration.progress import step
from orchestration.pseudonyms import KEY_SETTING, key_from_environment

# The form of the file; it stands at its very beginning, where any release can read it.
FORM = 1
MARK = "Veiligheidsagenda, reservekopie, vorm "
LIST = "inhoud.json"
# What stands in the data folder itself; of a database also what DuckDB did not fold into it yet.
IN_THE_FOLDER = ("raw.duckdb", "raw.duckdb.wal", "publicaties.duckdb", "publicaties.duckdb.wal", "publicaties.anker")
LOG = "logboek*"
HEAD = "select sha256 from gebeurtenis order by gebeurtenis_nr desc limit 1"
MEGABYTE = 1 << 20
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class BackupError(RuntimeError):
    """A backup cannot be made or put back; the message says why and what to do, in Dutch."""


@dataclass(frozen=True)
class Content:
    """One file in a backup.

    Args:
        name: Where it stands, below the data folder.
        size: Its size in bytes.
        changed_ns: Its time of change, by which a delivered file is known.
        sha256: Checksum of what it holds.
    """

    name: str
    size: int
    changed_ns: int
    sha256: str


@dataclass(frozen=True)
class Contents:
    """What a backup holds, and of what moment it is.

    Args:
        version: The version of the project that made it.
        made: When, on the clock in the Netherlands.
        publication: The publication that readers saw; None where there was none.
        head: Hash of the last event in the ledger; None where there was no ledger.
        forms: Number of the form of each database, by its file.
        deliveries: Number of deliveries in the register.
        keys: Fingerprints of the keys of real data in raw; never a key.
        link: Where the published file points, below the data folder.
        files: Every file.
    """

    version: str
    made: str
    publication: int | None
    head: str | None
    forms: dict[str, int]
    deliveries: int
    keys: tuple[str, ...]
    link: str | None
    files: tuple[Content, ...]

    @property
    def size(self) -> int:
        """Bytes of all files together."""
        return sum(file.size for file in self.files)

    @classmethod
    def of(cls, text: bytes) -> "Contents":
        """Read what `as_bytes` wrote."""
        found = json.loads(text)
        files = tuple(Content(**file) for file in found.pop("files"))
        return cls(**found | {"files": files, "keys": tuple(found["keys"])})

    def as_bytes(self) -> bytes:
        """The list as it stands in the backup."""
        return json.dumps(asdict(self), ensure_ascii=True, indent=1).encode()


@dataclass(frozen=True)
class Restored:
    """What a backup was put back as.

    Args:
        contents: What was in it.
        kept: Files that stay as they are, since the folder has others of that name: delivered ones, and a log that may
            not be replaced.
    """

    contents: Contents
    kept: tuple[str, ...]


def make_backup(paths: DataPaths, folder: Path) -> tuple[Path, Contents]:
    """Write what cannot be made again to one file, while nobody else writes in the data folder; and read it back.

    Args:
        paths: The data folder.
        folder: An existing folder outside it.

    Returns:
        The file, of the owner alone, and what is in it.

    Raises:
        BackupError: The folder is not there, lies within the data folder or has no room, or a delivered file changes.
        DamageError: Raw is lost, damaged, or of a later release.
    """
    if not folder.is_dir():
        raise BackupError(f"{folder} is geen map; maak haar, of koppel de schijf waarop zij staat")
    if folder.resolve().is_relative_to(paths.data):
        raise BackupError(f"{folder} ligt in de datamap, en gaat met haar verloren; kies een map op een andere schijf")
    with sole_writer(paths):
        damage.examine(paths)
        if not paths.raw.exists():
            raise BackupError(f"{paths.raw} is er nog niet; er is niets om te bewaren")
        if paths.pairs.exists():
            # A change of key was killed when raw had it and the ledger had not; opening that ends it.
            with open_ledger(paths):
                pass
        with _open_to_read(paths) as facts:
            names = [*_names(paths)]
            size = sum(_stat(paths, name).st_size for name in names)
            _check_room(folder, size)
            publication = facts["publication"]
            known_as = f"publicatie_{publication}" if publication is not None else "zonder_publicatie"
            file = folder / f"veiligheidsagenda_{now():%Y%m%dT%H%M%S}_{known_as}.tar"
            if file.exists():
                raise BackupError(f"{file} bestaat al, en wordt niet overschreven")
            fresh = folder / f".{file.name}.bezig"
            try:
                contents = _write(paths, fresh, names, size, facts)
                # What cannot be read back is no backup.
                if read_backup(fresh) != contents:
                    raise BackupError(f"{fresh} is anders dan wat is geschreven; is de schijf in orde?")
                fresh.rename(file)
                _to_disk(folder)
            except OSError as error:
                raise _no_room(folder, size) if error.errno in NO_ROOM else error from error
            finally:
                fresh.unlink(missing_ok=True)
    return file, contents


def read_backup(file: Path) -> Contents:
    """Read a backup whole, and hold every file in it against its list.

    Args:
        file: The backup.

    Returns:
        What is in it.

    Raises:
        BackupError: It is not there, no backup, cut off, changed, or of a later release.
    """
    found: dict[str, tuple[int, str]] = {}
    try:
        listed = _read_members(file, found)
    except FileNotFoundError:
        raise BackupError(f"{file} bestaat niet") from None
    except tarfile.ReadError as error:
        raise BackupError(_cut_off(file) if found else _no_backup(file)) from error
    except OSError as error:
        raise BackupError(f"{file} is niet te lezen ({error.strerror})") from error
    if listed is None:
        raise BackupError(_cut_off(file))
    try:
        contents = Contents.of(listed)
    except (ValueError, TypeError, KeyError) as error:
        raise BackupError(_changed(file, LIST)) from error
    expected = {each.name: (each.size, each.sha256) for each in contents.files}
    wrong = sorted(name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name))
    if wrong := [*wrong, *(name for name in (*expected, contents.link or LIST) if not _is_ours(name))]:
        raise BackupError(_changed(file, wrong[0]))
    return contents


def _read_members(file: Path, found: dict[str, tuple[int, str]]) -> bytes | None:
    """Read every file in a backup into `found`, with its size and checksum.

    Returns:
        The list; None where the file ends before it.
    """
    total = file.stat().st_size
    listed: bytes | None = None
    with tarfile.open(file, "r:") as tar:
        _check_mark(file, tar.pax_headers.get("comment", ""))
        for member in tar:
            step("nakijken", member.offset // MEGABYTE, total // MEGABYTE, member.name)
            content = tar.extractfile(member) if member.isreg() else None
            if content is None or listed is not None or member.name in found:
                raise BackupError(_changed(file, member.name))
            if member.name == LIST:
                listed = content.read()
            else:
                found[member.name] = (member.size, _copy(content, None))
    return listed


def restore(paths: DataPaths, file: Path) -> Restored:
    """Put a backup back in a data folder that has lost what is in it; nothing is touched before all of it was read.

    Files that were delivered since stay where they are, and are new to the next night.

    Args:
        paths: The data folder.
        file: The backup.

    Returns:
        What was put back.

    Raises:
        BackupError: See `read_backup`; or the folder already holds a raw, a ledger or a publication, another key is set
            than that of its rows, or there is no room.
    """
    with sole_writer(paths):
        _check_empty(paths, file)
        contents = read_backup(file)
        _check_key(contents)
        _check_room(paths.data, contents.size)
        # On the disk of the data folder, so that what is whole can be moved into its place.
        fresh = paths.data / "herstel.bezig"
        shutil.rmtree(fresh, ignore_errors=True)
        try:
            _unpack(file, contents, fresh)
            kept = tuple(_put_in_place(paths, contents, fresh))
        except OSError as error:
            if error.errno in NO_ROOM:
                raise _no_room(paths.data, contents.size) from error
            raise
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    return Restored(contents, kept)


def told(contents: Contents) -> str:
    """Say in one Dutch sentence what is in a backup."""
    publication = "nog geen publicatie" if contents.publication is None else f"publicatie {contents.publication}"
    made = now().fromisoformat(contents.made)
    return (
        f"van {made:%d-%m-%Y %H:%M}: {publication}, {contents.deliveries} leveringen, {len(contents.files)} bestanden, "
        f"{contents.size / MEGABYTE:.1f} MiB"
    )


@contextmanager
def _open_to_read(paths: DataPaths) -> Iterator[dict[str, Any]]:
    """Keep both databases open while they are copied, and read every row once: what is damaged inside shows so."""
    facts: dict[str, Any] = {"publication": None, "head": None, "link": None, "forms": {}}
    if paths.published.is_symlink():
        facts["link"] = PurePosixPath(paths.published.readlink()).as_posix()
        folder = paths.published.resolve().parent.name
        facts["publication"] = int(folder) if folder.isdecimal() else None
    with open_database(paths.raw, read_only=True) as con:
        facts["forms"][paths.raw.name] = register.check_form(con)
        facts["deliveries"] = con.execute("select count(*) from leveringen.levering").fetchall()[0][0]
        keys = con.execute(
            "select distinct sleutel_afdruk from leveringen.levering where not is_demo and sleutel_afdruk is not null"
        ).fetchall()
        facts["keys"] = tuple(sorted(key for (key,) in keys))
        _read_whole(con, paths.raw)
        if not paths.ledger.exists():
            yield facts
            return
        with open_database(paths.ledger, read_only=True) as book:
            facts["forms"][paths.ledger.name] = form_of(book, "main")
            facts["head"] = next(iter(book.execute(HEAD).fetchall()), (None,))[0]
            _read_whole(book, paths.ledger)
            yield facts


def _read_whole(con: duckdb.DuckDBPyConnection, file: Path) -> None:
    tables = con.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = current_database() order by all"
    ).fetchall()
    for number, (schema, table) in enumerate(tables):
        step("databases lezen", number, len(tables), f"{file.name}, {schema}.{table}")
        con.execute(f'select sum(hash(rij)::hugeint) from "{schema}"."{table}" as rij').fetchall()


def _names(paths: DataPaths) -> Iterator[str]:
    """What goes into a backup, below the data folder.

    Of the inbox what a night would look at: no link is followed, and what is still being written is no delivery yet.
    """
    yield from (name for name in IN_THE_FOLDER if (paths.data / name).is_file())
    yield from (file.name for file in sorted(paths.data.glob(LOG)) if file.is_file())
    kept = [folder for folder in paths.versions.glob("*") if folder.name.isdecimal()]
    for folder in (*sorted(kept), paths.releases, paths.inbox):
        for place, folders, files in os.walk(folder):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(files):
                entry = Path(place, name)
                if not name.startswith(".") and not name.endswith(UNFINISHED) and stat.S_ISREG(entry.lstat().st_mode):
                    yield entry.relative_to(paths.data).as_posix()


def _write(paths: DataPaths, fresh: Path, names: list[str], size: int, facts: dict[str, Any]) -> Contents:
    files: list[Content] = []
    done = 0
    with (
        os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as target,
        tarfile.open(
            fileobj=target, mode="w:", format=tarfile.PAX_FORMAT, pax_headers={"comment": f"{MARK}{FORM}"}
        ) as tar,
    ):
        for name in names:
            step("reservekopie", done // MEGABYTE, size // MEGABYTE, name)
            files.append(_add(tar, paths, name))
            done += files[-1].size
        contents = Contents(version=version(), made=now().isoformat(timespec="seconds"), files=tuple(files), **facts)
        listed = contents.as_bytes()
        entry = tarfile.TarInfo(LIST)
        entry.size, entry.mode = len(listed), 0o600
        tar.addfile(entry, io.BytesIO(listed))
        tar.close()
        target.flush()
        os.fsync(target.fileno())
    return contents


def _add(tar: tarfile.TarFile, paths: DataPaths, name: str) -> Content:
    before = _stat(paths, name)
    entry = tarfile.TarInfo(name)
    entry.size, entry.mtime, entry.mode = before.st_size, int(before.st_mtime), 0o600
    try:
        with (paths.data / name).open("rb") as content:
            reader = _Hashing(content)
            # It only reads from it, and its types ask for a whole file.
            tar.addfile(entry, reader)  # type: ignore[arg-type]
        after = _stat(paths, name)
    except FileNotFoundError:
        raise _changes(name) from None
    except OSError as error:
        if error.errno is None:
            # So tarfile says that a file ends before its size.
            raise _changes(name) from error
        raise
    if _age(before) != _age(after):
        raise _changes(name)
    return Content(name, before.st_size, before.st_mtime_ns, reader.hexdigest())


def _age(found: os.stat_result) -> tuple[int, int, int]:
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns


class _Hashing:
    """A file that is read once, for what is written and for its checksum alike."""

    def __init__(self, content: IO[bytes]) -> None:
        self._content, self._digest = content, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        part = self._content.read(size)
        self._digest.update(part)
        return part

    def hexdigest(self) -> str:
        return self._digest.hexdigest()


def _unpack(file: Path, contents: Contents, folder: Path) -> None:
    """Write every file below a folder, the owner's alone; what was read a moment ago must be read again."""
    expected = {each.name: each for each in contents.files}
    done = 0
    with tarfile.open(file, "r:") as tar:
        for member in tar:
            each = expected.get(member.name)
            content = tar.extractfile(member)
            if each is None or content is None:
                continue
            step("terugzetten", done // MEGABYTE, contents.size // MEGABYTE, member.name)
            target = folder / each.name
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as writer:
                found = _copy(content, writer)
                writer.flush()
                os.fsync(writer.fileno())
            if found != each.sha256:
                raise BackupError(_changed(file, each.name))
            os.utime(target, ns=(each.changed_ns, each.changed_ns))
            done += each.size


def _put_in_place(paths: DataPaths, contents: Contents, fresh: Path) -> Iterator[str]:
    """Move what was unpacked to where it belongs, the link last: readers see the publication when all is there.

    Yields:
        Delivered files of which another one stands there; that one stays.
    """
    # The first night of a folder without an inbox would fill one with demo deliveries.
    paths.inbox.mkdir(mode=0o700, exist_ok=True)
    for each in contents.files:
        source, target = fresh / each.name, paths.data / each.name
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        put = _put_log_in_place if target == paths.journal else _put_file_in_place
        if not put(source, target):
            yield each.name
    if paths.versions.exists():
        paths.versions.chmod(0o755)
    for folder in paths.versions.glob("*"):
        for place, _, files in os.walk(folder):
            for name in files:
                Path(place, name).chmod(0o444)
            Path(place).chmod(0o555)
    if contents.link:
        paths.published.symlink_to(contents.link)
    _to_disk(paths.data)


def _put_file_in_place(file: Path, target: Path) -> bool:
    """Put a file back, unless another one stands there.

    Returns:
        Whether what stands there now is that of the backup.
    """
    if target.exists():
        new, old = file.stat(), target.stat()
        if old.st_size != new.st_size or checksums.of_file(target) != checksums.of_file(file):
            return False
        # A delivered file is known by its age, and by the time at which its entry changed.
        if old.st_mtime_ns == new.st_mtime_ns:
            return True
    file.replace(target)
    return True


def _put_log_in_place(log: Path, target: Path) -> bool:
    """Put the log of acts back, with the lines behind it that another one has that stands there.

    Who restores wrote one before the old ones came back. Every line of both is kept; where that one goes on from the
    log of the backup, it stays as it is.

    Returns:
        Whether that could be; a log that somebody made append-only keeps what it holds.
    """
    if target.exists():
        held = log.read_bytes()
        known = Counter(held.splitlines())
        with log.open("ab") as file:
            if held and not held.endswith(b"\n"):
                file.write(b"\n")
            for line in target.read_bytes().splitlines():
                known[line] -= 1
                if known[line] < 0:
                    file.write(line + b"\n")
            file.flush()
            os.fsync(file.fileno())
    try:
        log.replace(target)
    except PermissionError:
        return False
    return True


def _check_empty(paths: DataPaths, file: Path) -> None:
    there = [paths.data / name for name in IN_THE_FOLDER if (paths.data / name).exists()]
    there += [folder for folder in (paths.versions, paths.releases) if any(folder.glob("*"))]
    there += [paths.published] if os.path.lexists(paths.published) else []
    if not there:
        return
    aside = paths.data.with_name(f"{paths.data.name}.apart-{now():%Y%m%dT%H%M%S}")
    moved = shlex.join(["mv", *map(str, there), str(aside)])
    raise BackupError(
        f"in {paths.data} staat al iets dat een reservekopie zou overschrijven; er is niets veranderd. Zet het "
        f"apart, en probeer opnieuw:\n  {shlex.join(['mkdir', str(aside)])} && {moved}\n"
        f"  {shlex.join(['make', 'restore', f'VAN={file}'])}"
    )


def _check_key(contents: Contents) -> None:
    key = key_from_environment()
    if key and contents.keys and not {key.fingerprint, key.earlier.fingerprint} & set(contents.keys):
        raise BackupError(
            f"de gegevens in de reservekopie zijn geladen met een andere sleutel (afdruk {', '.join(contents.keys)}) "
            f"dan nu is gezet (afdruk {key.fingerprint}), en onder elke sleutel is dezelfde persoon een ander; zet de "
            f"sleutel van toen in {KEY_SETTING}"
        )


def _check_mark(file: Path, mark: str) -> None:
    form = mark.removeprefix(MARK)
    if form == mark or not form.isdecimal():
        raise BackupError(_no_backup(file))
    if int(form) > FORM:
        raise BackupError(
            f"{file} heeft vorm {form}, en deze versie ({version()}) kent vorm {FORM}: een nieuwere versie van de "
            "Veiligheidsagenda heeft haar gemaakt; zet haar daarmee terug"
        )


def _is_ours(name: str) -> bool:
    """Whether a name is one that a backup can hold: whoever changed its list could lead out of the data folder."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name:
        return False
    in_place = name in IN_THE_FOLDER or path.match(LOG) or name == LIST
    return (len(path.parts) == 1 and in_place) or (
        len(path.parts) > 1 and path.parts[0] in ("leveringen", "versies", "vrijgave")
    )


def _check_room(folder: Path, size: int) -> None:
    if shutil.disk_usage(folder).free < size + MEGABYTE:
        raise _no_room(folder, size)


def _no_room(folder: Path, size: int) -> BackupError:
    return BackupError(
        f"in {folder} is geen plaats voor {size / MEGABYTE:.0f} MiB; er is niets achtergelaten. Maak ruimte, of kies "
        "een andere schijf"
    )


def _changes(name: str) -> BackupError:
    return BackupError(f"{name} verandert terwijl het wordt gekopieerd; probeer het opnieuw als het er geheel is")


def _no_backup(file: Path) -> str:
    return f"{file} is geen reservekopie van de Veiligheidsagenda; make backup maakt er een"


def _cut_off(file: Path) -> str:
    return f"{file} is afgebroken: het einde ontbreekt; neem een andere reservekopie. Er is niets veranderd"


def _changed(file: Path, name: str) -> str:
    return (
        f"{file} is veranderd sinds hij is gemaakt ({name} is anders dan in de lijst); neem een andere reservekopie. "
        "Er is niets veranderd"
    )


def _stat(paths: DataPaths, name: str) -> os.stat_result:
    return (paths.data / name).lstat()


def _copy(content: IO[bytes], target: IO[bytes] | None) -> str:
    digest = hashlib.sha256()
    while part := content.read(MEGABYTE):
        digest.update(part)
        if target is not None:
            target.write(part)
    return digest.hexdigest()


def _to_disk(folder: Path) -> None:
    """Bring the names in a folder to the disk, where the system can."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
