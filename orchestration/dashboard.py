"""Start Superset with the dashboard of the project, for `make superset`; run by the Python of .venv-superset.

What the dashboard shows stands in dbt_project/exposures/superset, and how the server runs in superset_config.py. Of the
project it may import only what needs no library: those of the project are not in that environment.
"""

import argparse
import hashlib
import importlib
import json
import os
import secrets
import shutil
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from orchestration.paths import DASHBOARD, DATA_SETTING, ROOT, DataPaths, data_paths

USER = "analist"
LOCK = ROOT / "requirements-superset.lock"


def contents(folder: Path = DASHBOARD) -> dict[str, str]:
    """The files of the dashboard, as Superset takes them.

    Args:
        folder: Folder with the files of the dashboard, in the form in which Superset exports.

    Returns:
        The text of each, by its path below the folder.
    """
    files = sorted(folder.rglob("*.yaml"))
    return {file.relative_to(folder).as_posix(): file.read_text(encoding="utf-8") for file in files}


def fingerprint(folder: Path = DASHBOARD, lock: Path = LOCK) -> str:
    """What has to be laid down in Superset anew when it changes: the files of the dashboard, and Superset itself.

    Args:
        folder: Folder with the files of the dashboard.
        lock: What is installed.

    Returns:
        A checksum.
    """
    told = hashlib.sha256(lock.read_bytes())
    told.update(json.dumps(contents(folder)).encode())
    return told.hexdigest()


def environment(paths: DataPaths) -> dict[str, str]:
    """The environment in which Superset finds its settings, and in which it tells nobody that it runs.

    Args:
        paths: The data folder.

    Returns:
        What is added to the environment.
    """
    return {
        DATA_SETTING: str(paths.data),
        "SUPERSET_CONFIG_PATH": str(ROOT / "orchestration" / "superset_config.py"),
        "SUPERSET_HOME": str(paths.superset),
        "FLASK_APP": "superset.app:create_app()",
        "PYTHONPATH": str(ROOT),
        "SCARF_ANALYTICS": "false",
        "DO_NOT_TRACK": "1",
    }


@contextmanager
def told_to(file: Path) -> Iterator[None]:
    """Write to a file what this process and its libraries print meanwhile: hundreds of lines when all goes well.

    Args:
        file: Where it goes; what it held is gone.
    """
    with file.open("wb") as target:
        sys.stdout.flush()
        kept = os.dup(1), os.dup(2)
        os.dup2(target.fileno(), 1)
        os.dup2(target.fileno(), 2)
        try:
            yield
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            for number, copy in enumerate(kept, 1):
                os.dup2(copy, number)
                os.close(copy)


@contextmanager
def explained() -> Iterator[None]:
    """Print what goes wrong, with what Superset keeps within its exceptions: which file, and what of it."""
    try:
        yield
    except (Exception, SystemExit) as error:
        traceback.print_exc()
        cause: BaseException | None = error
        while cause:
            messages = getattr(cause, "normalized_messages", None)
            if messages:
                print(messages(), file=sys.stderr)
            cause = cause.__cause__ or cause.__context__
        raise


def prepare(paths: DataPaths, wanted: str, new_password: bool) -> str | None:
    """Make or renew what Superset keeps, and lay the dashboard down in it; what analysts made themselves stays.

    Args:
        paths: The data folder.
        wanted: Fingerprint of what is to be laid down.
        new_password: Whether the user gets another password.

    Returns:
        The password, where one was given out; it is kept nowhere.

    Raises:
        Exception: Whatever Superset raises where it cannot be prepared or does not take the files.
    """
    mark = paths.superset / "klaar"
    first = not mark.exists()
    if first:
        # Of a first start that was broken off nobody has made anything yet.
        shutil.rmtree(paths.superset, ignore_errors=True)
        paths.superset.mkdir(mode=0o700)
        key = paths.superset / "sleutel"
        key.touch(mode=0o600)
        key.write_text(secrets.token_urlsafe(48), encoding="ascii")
    password = secrets.token_urlsafe(12) if first or new_password else None

    script_info: Any = importlib.import_module("flask.cli").ScriptInfo
    app = importlib.import_module("superset.app").create_app()
    superset: Any = importlib.import_module("superset.cli.main").superset

    def run(*command: str) -> None:
        superset.main(list(command), standalone_mode=False, obj=script_info(create_app=lambda: app))

    if first or mark.read_text(encoding="ascii") != wanted:
        run("db", "upgrade")
        run("init")
        if first:
            names = ("--username", USER, "--firstname", "Analist", "--lastname", "Veiligheidsagenda")
            run("fab", "create-admin", *names, "--email", f"{USER}@localhost", "--password", str(password))
        # Of the two ways to import, the one that is meant for files under version control: it renews the charts too.
        assets: Any = importlib.import_module("superset.commands.importers.v1.assets").ImportAssetsCommand
        manager: Any = importlib.import_module("superset").security_manager
        as_user: Any = importlib.import_module("superset.utils.core").override_user
        with app.app_context(), as_user(manager.find_user(username=USER)):
            assets(contents()).run()
    if new_password and not first:
        run("fab", "reset-password", "--username", USER, "--password", str(password))
    mark.write_text(wanted, encoding="ascii")
    return password


def serve(port: int) -> NoReturn:
    """Become the server, in the folder and environment of this process.

    Args:
        port: Where it answers, to this machine alone.
    """
    address = f"127.0.0.1:{port}"
    print(f"Dashboard: http://{address}/superset/dashboard/veiligheidsagenda/ (stoppen met Ctrl-C)", flush=True)
    server = ["--bind", address, "--worker-class", "gthread", "--threads", "4", "--timeout", "120"]
    quiet = ["--log-level", "warning", "superset.app:create_app()"]
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", *server, *quiet])


def main(arguments: list[str] | None = None) -> int:
    """Prepare Superset where anything changed, and become its server.

    Args:
        arguments: Of the command line.

    Returns:
        1 where nothing was published yet or Superset could not be prepared; otherwise the server takes this process
        over and it does not return.
    """
    parser = argparse.ArgumentParser(description="Start Superset met het dashboard van de Veiligheidsagenda.")
    parser.add_argument("--poort", type=int, default=8088)
    parser.add_argument("--nieuw-wachtwoord", action="store_true")
    asked = parser.parse_args(arguments)
    paths = data_paths()
    if not paths.published.exists():
        print("Er is nog niets gepubliceerd om te laten zien: eerst make nightly.", file=sys.stderr)
        return 1

    os.environ.update(environment(paths))
    # The address of the database in the files of the dashboard starts from here, so that they name no folder.
    os.chdir(paths.data)
    mark = paths.superset / "klaar"
    wanted = fingerprint()
    if asked.nieuw_wachtwoord or not mark.exists() or mark.read_text(encoding="ascii") != wanted:
        print("Superset wordt klaargezet; dat duurt de eerste keer een paar minuten.", flush=True)
        log = paths.superset.with_suffix(".log")
        try:
            with told_to(log), explained():
                password = prepare(paths, wanted, asked.nieuw_wachtwoord)
        except (Exception, SystemExit) as error:
            print(f"Superset kon niet worden klaargezet ({type(error).__name__}); zie {log}.", file=sys.stderr)
            return 1
        log.unlink()
        if password:
            print(f"Gebruiker {USER}, wachtwoord {password} (staat nergens anders; een nieuw: WACHTWOORD=nieuw)")
    serve(asked.poort)


if __name__ == "__main__":
    sys.exit(main())
