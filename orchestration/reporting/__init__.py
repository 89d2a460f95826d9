"""The progress report (voortgangsrapportage): one page for people, made of nothing but a published file.

What a figure is, and whether a norm was met, is decided by the models; here it is only told. What a person reads in
the terminal stands in `report`, and what a supplier gets back in `supplier_report`. The parts load when a report is
made, so that importing the project loads none of them.
"""

import logging
import shutil
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path

from orchestration import alerts, faults
from orchestration.figures import Compared
from orchestration.progress import CAUTION

log = logging.getLogger(__name__)

PAGE, PDF, DOWNLOADS = "voortgangsrapportage.html", "voortgangsrapportage.pdf", "grafieken"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
PRINT_SECONDS = 180


def report_beside(
    file: Path,
    as_of: date | None = None,
    what_if: Sequence[str] = (),
    compared: Sequence[Compared] = (),
    broken: Sequence[str] = (),
    is_release: bool = False,
) -> Path | None:
    """Write the report on a published file into its folder.

    What goes wrong is told and never raised: figures are published, whether there is a page about them or not.

    Args:
        file: The published file; it is only read.
        as_of: The day of which was asked what was known then; None where that was not the question.
        what_if: The versions of which was asked what the figures would be.
        compared: The figures under these versions, beside the published ones.
        broken: What does not hold under these versions, in Dutch.
        is_release: The file is a release, made to leave the house.

    Returns:
        The page; None where it could not be made. Then nothing of it is left.
    """
    try:
        from orchestration.reporting import page

        occasion = page.PUBLICATION
        if as_of is not None:
            occasion = page.as_of(as_of)
        elif what_if:
            occasion = page.what_if(what_if, compared, broken)
        elif is_release:
            occasion = page.RELEASE
        return page.write_report(file, file.parent, occasion)
    except Exception as error:  # whatever it is, readers have their figures
        (file.parent / PAGE).unlink(missing_ok=True)
        shutil.rmtree(file.parent / DOWNLOADS, ignore_errors=True)
        told = f"de voortgangsrapportage bij {file} is niet gemaakt; de cijfers zijn er wel"
        log.error("%s", told, extra=CAUTION)
        alerts.tell(told, f"opnieuw maken: make report\n{faults.where(error)}")
        return None


def page_beside(file: Path) -> Path | None:
    """The report that stands beside a published file; None where there is none.

    Args:
        file: The published file, or the link to it.
    """
    page = file.resolve().parent / PAGE
    return page if page.exists() else None


def print_report(page: Path, pdf: Path) -> None:
    """Print a report as a tagged PDF, with an outline, by a browser of the Chromium kind.

    Args:
        page: The report.
        pdf: The file to write, in the place of an earlier one.

    Raises:
        ValueError: No such browser is installed; the message says what to install.
        RuntimeError: The browser did not make the file.
    """
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        raise ValueError(
            f"voor een pdf is een browser nodig: {', '.join(BROWSERS)}; installeer er een (op Debian: apt install "
            "chromium), of druk de pagina af uit een andere browser"
        )
    pdf.unlink(missing_ok=True)
    options = [
        "--headless",
        # A page of our own without a script; in a container Chromium has no other way.
        "--no-sandbox",
        "--no-pdf-header-footer",
        "--generate-pdf-document-outline",
        f"--print-to-pdf={pdf}",
    ]
    with suppress(subprocess.TimeoutExpired):
        subprocess.run([browser, *options, page.as_uri()], check=False, capture_output=True, timeout=PRINT_SECONDS)
    if not pdf.exists():
        raise RuntimeError(f"{browser} maakte geen pdf van {page}")
