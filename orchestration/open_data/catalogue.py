"""The record that a data portal reads: DCAT-AP-NL 3.0, as JSON-LD that names its own context and fetches none.

What stands in the tables is decided in the package; who publishes them, in the environment. What is not known is a
placeholder that says so, since an empty property would be none.
"""

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self

RECORD = "dcat.jsonld"
PLACEHOLDER = "nog-in-te-vullen"
SETTING = "VEILIGHEIDSAGENDA_OPENDATA_"

EU = "http://publications.europa.eu/resource/authority/"
IDENTIFIER = "urn:veiligheidsagenda:"
CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def _missing(what: str) -> str:
    return f"{IDENTIFIER}{PLACEHOLDER}:{what}"


@dataclass(frozen=True)
class Settings:
    """What only the one who publishes knows; each is read from `VEILIGHEIDSAGENDA_OPENDATA_<NAME>`.

    Args:
        uitgever: Address (IRI) of the organisation, such as the one that the register of Dutch government names.
        uitgever_naam: Its name.
        licentie: Address (IRI) of the licence.
        contact: Address of a web page or `mailto:` address for questions.
        adres: Address of the folder on the web, without a slash at its end.
    """

    uitgever: str = _missing("uitgever")
    uitgever_naam: str = f"{PLACEHOLDER}: naam van de uitgever"
    licentie: str = _missing("licentie")
    contact: str = _missing("contact")
    adres: str = _missing("adres")

    @classmethod
    def from_environment(cls) -> Self:
        """Read them; what is not there stays a placeholder.

        Raises:
            ValueError: What must be an address is none; readers would find a name that leads nowhere.
        """
        given = {each.name: os.environ.get(f"{SETTING}{each.name.upper()}", "") for each in fields(cls)}
        for name, value in given.items():
            expected = ("https://", "http://", *(("mailto:",) if name == "contact" else ()))
            if value and name != "uitgever_naam" and not value.startswith(expected):
                raise ValueError(f"{SETTING}{name.upper()} is geen adres: het begint met {' of '.join(expected)}")
        return cls(**{name: value for name, value in given.items() if value})

    @property
    def unknown(self) -> list[str]:
        """The names of the settings that are placeholders, as the environment spells them."""
        return [f"{SETTING}{each.name.upper()}" for each in fields(self) if PLACEHOLDER in getattr(self, each.name)]


@dataclass(frozen=True)
class Distribution:
    """One file that can be fetched.

    Args:
        path: Its place below the folder.
        title: What it is called, in Dutch.
        description: What is in it, in Dutch.
        size: Its size in bytes.
        sha256: Its checksum.
    """

    path: str
    title: str
    description: str
    size: int
    sha256: str

    @classmethod
    def of(cls, folder: Path, path: str, title: str, description: str) -> Self:
        """Measure a file.

        Args:
            folder: The folder.
            path: Its place below it.
            title: What it is called.
            description: What is in it.
        """
        content = (folder / path).read_bytes()
        return cls(path, title, description, len(content), hashlib.sha256(content).hexdigest())


def record(
    title: str,
    description: str,
    settings: Settings,
    publications: Sequence[Mapping[str, Any]],
    files: Sequence[Distribution],
    first_year: int,
    last_year: int,
) -> dict[str, Any]:
    """Make the record: a catalogue with one dataset, of which each file is a distribution.

    Args:
        title: Title of the dataset.
        description: What it holds.
        settings: Who publishes it.
        publications: The publications, oldest first.
        files: The files.
        first_year: First year of its figures.
        last_year: Last year of its figures.

    Returns:
        The record, as JSON-LD.
    """
    publisher = {"@id": settings.uitgever, "@type": "foaf:Agent", "foaf:name": _dutch(settings.uitgever_naam)}
    contact = {
        "@type": "vcard:Kind",
        "vcard:fn": _dutch(settings.uitgever_naam),
        ("vcard:hasEmail" if settings.contact.startswith("mailto:") else "vcard:hasURL"): {"@id": settings.contact},
    }
    about = {
        "dct:title": _dutch(title),
        "dct:description": _dutch(description),
        "dct:publisher": publisher,
        "dct:creator": {"@id": settings.uitgever},
        "dcat:contactPoint": contact,
        "dct:language": {"@id": f"{EU}language/NLD"},
        "dct:issued": _day(publications[0]),
        "dct:modified": _day(publications[-1]),
    }
    dataset = {
        "@id": f"{IDENTIFIER}landelijke-cijfers",
        "@type": "dcat:Dataset",
        **about,
        "dct:identifier": f"{IDENTIFIER}landelijke-cijfers",
        "dct:accessRights": {"@id": f"{EU}access-right/PUBLIC"},
        "dcat:theme": {"@id": f"{EU}data-theme/JUST"},
        "dcat:keyword": [_dutch(word) for word in ("veiligheidsagenda", "politie", "georganiseerde criminaliteit")],
        "dct:spatial": {"@id": f"{EU}country/NLD"},
        "dct:temporal": {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": _typed(f"{first_year}-01-01", "date"),
            "dcat:endDate": _typed(f"{last_year}-12-31", "date"),
        },
        "dcat:version": str(publications[-1]["publicatie_nr"]),
        "dcat:distribution": [_distribution(file, settings) for file in files],
    }
    return {
        "@context": CONTEXT,
        "@id": f"{IDENTIFIER}catalogus",
        "@type": "dcat:Catalog",
        **about,
        "dcat:dataset": dataset,
    }


def _distribution(file: Distribution, settings: Settings) -> dict[str, Any]:
    address = f"{settings.adres}/{file.path}"
    return {
        "@id": f"{IDENTIFIER}{file.path}",
        "@type": "dcat:Distribution",
        "dct:title": _dutch(file.title),
        "dct:description": _dutch(file.description),
        "dcat:accessURL": {"@id": address},
        "dcat:downloadURL": {"@id": address},
        "dct:license": {"@id": settings.licentie},
        "dct:format": {"@id": f"{EU}file-type/CSV"},
        "dcat:mediaType": {"@id": "https://www.iana.org/assignments/media-types/text/csv"},
        "dct:language": {"@id": f"{EU}language/NLD"},
        "dcat:byteSize": _typed(str(file.size), "nonNegativeInteger"),
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
            "spdx:checksumValue": _typed(file.sha256, "hexBinary"),
        },
    }


def _dutch(text: str) -> dict[str, str]:
    return {"@value": text, "@language": "nl"}


def _typed(text: str, kind: str) -> dict[str, str]:
    return {"@value": text, "@type": f"xsd:{kind}"}


def _day(publication: Mapping[str, Any]) -> dict[str, str]:
    return _typed(publication["gepubliceerd_op"].date().isoformat(), "date")
