"""The release of the demo: what the attacker finds in it, and what an internal reader keeps."""

import shutil
from pathlib import Path

from orchestration.paths import DataPaths
from orchestration.release import write_release
from tests.attack import attack, contributions_to
from tests.integration.conftest import ask


def test_nobody_works_out_what_is_hidden_of_the_demo(after_first_night: DataPaths, tmp_path: Path) -> None:
    paths = DataPaths(tmp_path)
    shutil.copy(after_first_night.published, paths.published)
    # Of what each amount is made the private warehouse alone knows.
    for private in ("warehouse", "raw", "ledger"):
        getattr(paths, private).symlink_to(getattr(after_first_night, private))
    before = paths.published.read_bytes()
    file = write_release(paths).file
    found = attack([file], [paths.published], contributions_to(paths.warehouse))
    # Some 660 numbers of people, and the amounts that are made of few or of one large case.
    assert found.attacked > 900
    assert found.singles > 50
    assert found.narrowed == []
    # Both divisions of exploitation are in it, of every year that has a whole one.
    query = """select uitsplitsing_soort, count(distinct jaar) from marts.fct_realisatie
        where indicator_code = 'slachtoffers_comensha' and uitsplitsing_soort like 'uitbuiting%' group by all order by
        all"""
    assert ask(file, query) == [("uitbuiting_agenda", 5), ("uitbuiting_nrm", 5)]
    # What the agenda asks of the country leaves, small where the country is not.
    national = """select count(*) from marts.fct_realisatie
        where eenheid_code = 'NL' and uitsplitsing_soort = 'geen' and jaar between 2018 and 2022 and "CONF_STATUS" <>
        'F'"""
    assert ask(file, national) == [(0,)]
    assert paths.published.read_bytes() == before
