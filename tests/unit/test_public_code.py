"""What is expected of public code: a licence that holds, one version, and files that say what it is."""

import re
import tomllib
from datetime import date
from importlib.metadata import PackageNotFoundError, distribution

import yaml
from identify.vendor.licenses import LICENSES

from orchestration.paths import ROOT, version

LICENCE = "EUPL-1.2"
# Ask no more than to be named, so that they may stand beside any licence.
FREE = {
    *("0BSD", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "BSD", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0"),
    *(
        "CNRI-Python",
        "MIT",
        "MIT-0",
        "MIT-CMU",
        "PSF-2.0",
        "Zlib",
        "3-Clause BSD License",
        "BSD 3-Clause OR Apache-2.0",
    ),
    *("Apache Software License", "BSD License", "MIT License", "Python Software Foundation License"),
}
# Share what is changed in their own files; the appendix of the EUPL names them as compatible.
OF_ITS_FILES = {"MPL-2.0", "Mozilla Public License 2.0 (MPL 2.0)"}
# Looked at one by one.
CHOSEN = {
    # To choose from: the Artistic License, or the GPL. The first asks no more than to be named.
    "text-unidecode",
    # GPL-3, which the appendix names. A tool that reads our files; no part of what runs or is passed on.
    "yamllint",
    # GPL-3 too: the solver of the attacker in the tests.
    "swiglpk",
    # EUPL-1.2, as this project.
    "pytauargus",
    # LGPL, which the appendix names: libraries that are used as they are, beside ours.
    "psycopg2-binary",
    "python-stdnum",
    # MIT for its own lines and MPL-2.0 for axe-core in it, which it does not say where a program could read it.
    "axe-playwright-python",
}
# What publiccode.yml 0.4 asks for, with the values that it knows where it knows them.
ASKED = {
    "publiccodeYmlVersion": {"0.4"},
    "developmentStatus": {"concept", "development", "beta", "stable", "obsolete"},
    "softwareType": {
        *("standalone/mobile", "standalone/iot", "standalone/desktop", "standalone/web", "standalone/backend"),
        *("standalone/other", "addon", "library", "configurationFiles"),
    },
}
ALSO_ASKED = {"name", "url", "platforms", "categories", "description", "legal", "maintenance", "localisation"}


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def locked() -> list[str]:
    """What the lock names and this machine has; what only another system needs is not here to ask."""
    names = sorted(set(re.findall(r"^([a-z0-9.-]+)==", read("requirements.lock"), flags=re.MULTILINE)))
    found = []
    for name in names:
        try:
            distribution(name)
        except PackageNotFoundError:
            continue
        found.append(name)
    assert len(found) > 0.95 * len(names) > 100
    return found


def licences(name: str) -> list[set[str]]:
    """Of each way in which a package may be used, the licences that then hold together."""
    told = distribution(name).metadata
    for expression in told.get_all("License-Expression") or []:
        return [set(way.strip("() ").split(" AND ")) for way in expression.split(" OR ")]
    classified = [text for text in told.get_all("Classifier") or [] if text.startswith("License :: ")]
    if classified:
        return [{text.split(" :: ")[-1] for text in classified}]
    return [set(text.split(" AND ")) for text in told.get_all("License") or [""]]


def test_the_licence_is_the_whole_text() -> None:
    assert read("LICENSE").strip() == dict(LICENSES)[LICENCE].strip()
    project = tomllib.loads(read("pyproject.toml"))["project"]
    assert (project["license"], project["license-files"]) == (LICENCE, ["LICENSE"])


def test_what_the_lock_names_may_stand_beside_our_licence() -> None:
    odd = {name for name in locked() if not any(way <= FREE | OF_ITS_FILES for way in licences(name))}
    # Equal, and not less: who is no longer odd, or no longer there, goes from the list.
    assert odd == CHOSEN


def test_one_version_that_the_changelog_names_last() -> None:
    releases = re.findall(r"^## (\S+)(?: - (\d{4}-\d\d-\d\d))?$", read("CHANGELOG.md"), flags=re.MULTILINE)
    assert releases[0] == ("Unreleased", "")
    number, day = releases[1]
    told = yaml.safe_load(read("publiccode.yml"))
    assert number == version() == told["softwareVersion"]
    assert date.fromisoformat(day) == date.fromisoformat(told["releaseDate"])
    assert sorted((day for _, day in releases[1:]), reverse=True) == [day for _, day in releases[1:]]


def test_publiccode_has_what_the_standard_asks() -> None:
    told = yaml.safe_load(read("publiccode.yml"))
    assert {*ASKED, *ALSO_ASKED} <= set(told)
    assert {key: told[key] for key, known in ASKED.items() if told[key] not in known} == {}
    assert re.fullmatch(r"https://\S+", told["url"])
    assert told["platforms"] and told["categories"]
    assert told["legal"]["license"] == LICENCE
    # Of `internal` and `community` a person is asked, of `contract` a contractor.
    maintenance = told["maintenance"]
    asked = {"none": "type", "contract": "contractors"}.get(maintenance["type"], "contacts")
    assert maintenance[asked]
    assert isinstance(told["localisation"]["localisationReady"], bool)
    assert set(told["description"]) == set(told["localisation"]["availableLanguages"])
    for description in told["description"].values():
        assert len(description["shortDescription"]) <= 150
        assert 150 <= len(description["longDescription"]) <= 10_000
        assert description["features"]


def test_security_says_how_to_report_and_what_is_promised() -> None:
    headings = re.findall(r"^## (.*)$", read("SECURITY.md"), flags=re.MULTILINE)
    assert headings == ["Report something", "What is promised", "What is fictitious"]
