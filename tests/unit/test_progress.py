"""While it runs: a line per leg, a counter that never goes back, and no warning that gets lost."""

import io
import logging
import re

import pytest
from rich.console import Console

from orchestration import progress
from orchestration.alerts import ALERT_SETTING, tell
from orchestration.progress import CAUTION, LEFT, OUTCOME, SUMMARY, WRITING, Progress, step
from tests.unit.conftest import GOOD, PAIR, Night, objection_to

log = logging.getLogger("orchestration.proef")


@pytest.fixture(autouse=True)
def no_time_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a line says does not depend on how busy the machine is."""
    monkeypatch.setattr(progress, "monotonic", lambda: 0.0)


def console(**options: object) -> Console:
    return Console(file=io.StringIO(), width=80, **options)  # type: ignore[arg-type]


def told(shown: Console) -> list[str]:
    """The lines that were printed, without the time of the day."""
    text = shown.file.getvalue()  # type: ignore[attr-defined]
    return [re.sub(r"^\d\d:\d\d:\d\d ", "", line) for line in text.splitlines()]


def test_in_a_pipe_a_leg_is_two_lines_however_many_its_parts() -> None:
    shown = console()
    with Progress(shown):
        for number in range(400):
            step("modellen", number, 400, f"model_{number}")
        step("modellen", 400, 400)
        step("publicatie")
    assert told(shown) == [
        "modellen",
        "modellen: 400 van 400, klaar in 0:00",
        "publicatie",
        "publicatie: klaar in 0:00",
    ]


def test_the_counter_never_goes_back() -> None:
    shown = console()
    with Progress(shown):
        step("modellen", 7, 9, "a")
        step("modellen", 3, 9, "b")
    assert told(shown)[-1] == "modellen: 7 van 9, klaar in 0:00"


def test_what_took_longest_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 0.0, 2.0, 70.0, 75.4])
    monkeypatch.setattr(progress, "monotonic", lambda: next(clock))
    shown = console()
    with Progress(shown):
        # Two seconds for a, sixty-eight for b, and what is told again is not begun again.
        step("modellen", 0, 2, "a")
        step("modellen", 1, 2, "b")
        step("modellen", 1, 2, "b")
        step("modellen", 2, 2)
    assert told(shown)[-1] == "modellen: 2 van 2, klaar in 1:15, langst: b (68 s)"


def test_a_terminal_that_can_moves_one_line_per_leg() -> None:
    shown = console(force_terminal=True, force_interactive=True, color_system=None)
    with Progress(shown):
        step("leveringen", 1, 2, "een_heel_lange_registratie/" + 80 * "x")
        step("leveringen", 2, 2)
        step("modellen", 1, 414, "int_proef")
    text = shown.file.getvalue()  # type: ignore[attr-defined]
    # Each frame is written over the one before it: the last is what stays.
    frames = [re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\r", "", frame) for frame in re.split(r"\x1b\[1A\x1b\[2K|\x1b\[2K", text)]
    lines = [" ".join(line.split()[:-1]) for line in "".join(frames[-2:]).splitlines() if line.strip()]
    assert lines == ["leveringen 2 van 2", "modellen 1 van 414"]
    assert max(len(line) for frame in frames for line in frame.splitlines()) <= 80


def test_a_dumb_terminal_is_treated_as_a_pipe() -> None:
    shown = console(force_terminal=True, color_system=None, _environ={"TERM": "dumb"})
    with Progress(shown):
        step("leveringen", 1, 2, "x")
    assert told(shown) == ["leveringen", "leveringen: 1 van 2, klaar in 0:00"]


def test_details_are_left_to_the_history_and_warnings_are_printed_at_once() -> None:
    shown = console()
    with Progress(shown):
        log.info("een bijzonderheid")
        log.warning("een andere run [schrijft] nu")
        assert told(shown) == ["een andere run [schrijft] nu"]


def test_what_belongs_in_the_summary_waits_for_it() -> None:
    shown = console()
    with Progress(shown) as shower:
        log.error("geweigerd", extra=OUTCOME)
        log.warning("blijft", extra=LEFT)
        log.warning("let op", extra=CAUTION)
        assert shower.take() == {
            OUTCOME[SUMMARY]: ["geweigerd"],
            LEFT[SUMMARY]: ["blijft"],
            CAUTION[SUMMARY]: ["let op"],
        }
    assert told(shown) == []


def test_what_nobody_took_is_printed_after_all() -> None:
    shown = console()
    with Progress(shown):
        log.warning("let op", extra=CAUTION)
        log.error("geweigerd", extra=OUTCOME)
    assert told(shown) == ["let op"]


def test_an_interrupted_night_still_says_what_was_refused() -> None:
    shown = console()
    with pytest.raises(KeyboardInterrupt), Progress(shown):
        log.error("geweigerd", extra=OUTCOME)
        raise KeyboardInterrupt
    assert told(shown) == ["geweigerd"]


def test_the_border_in_counts_its_sets_and_leaves_its_verdicts_to_the_summary(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(ALERT_SETTING, raising=False)
    for extract in ("kop", "staart"):
        night.put(f"paar/demo_{extract}_20200101_ontvangen_20200102.csv", GOOD)
    night.put("paar/kop.csv", GOOD)
    night.put("paar/kop_20200101.csv.part", GOOD)
    shown = console()
    with Progress(shown) as shower:
        night.run(PAIR, objection_to("kop"))
        tell("niet toegelaten", "levering 1")
        kept = shower.take()
    assert told(shown) == ["leveringen", "leveringen: 1 van 1, klaar in 0:00"]
    assert len(kept[OUTCOME[SUMMARY]]) == 1, "what people were sent, in which each refusal stands once"
    assert [left.split(":")[0] for left in kept[LEFT[SUMMARY]]] == ["paar/kop.csv"]
    assert kept[WRITING[SUMMARY]] == ["paar/kop_20200101.csv.part: wordt nog geschreven"]


def test_afterwards_nobody_listens_any_more() -> None:
    with Progress(console()) as shower:
        pass
    assert all(shower not in logger.handlers for logger in (progress.STEPS, progress.MESSAGES))
    assert [logger.level for logger in (progress.STEPS, progress.MESSAGES)] == [0, 0], "as loud as it was before"


def test_the_name_of_a_file_is_shown_as_it_is_also_in_a_live_line() -> None:
    shown = console(force_terminal=True, color_system=None)
    with Progress(shown) as live:
        for name in ("proef/[red]rijen[/red] :warning:.csv", "proef/[/onbekend].csv"):
            step("leveringen", 1, 2, name)
            live._bars.refresh()
    text = shown.file.getvalue()  # type: ignore[attr-defined]
    assert "[red]rijen[/red] :warning:.csv" in text
    assert "[/onbekend].csv" in text
