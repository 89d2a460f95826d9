"""How far the work is, while it runs: one line per leg of the road, with a counter that only moves forward.

A leg tells it with `step`; `Progress` shows it in the terminal. What a person has to know afterwards is no step: that
is a message to the logger of the module, which Dagster keeps in the history of the run. A step stays out of that
history, where each line costs time and room.
"""

import logging
from time import monotonic
from types import TracebackType

from rich.console import Console
from rich.progress import Progress as Bars
from rich.progress import TaskID, TextColumn, TimeElapsedColumn
from rich.table import Column

from orchestration.clock import now

STEPS = logging.getLogger("voortgang")
MESSAGES = logging.getLogger("orchestration")

# How a message says (`extra=`) that the summary of the night tells it, and where; it is not printed before. An outcome
# is that of a delivery or of the night, which the summary reads where it was written down.
SUMMARY = "summary"
OUTCOME = {SUMMARY: "uitkomst"}
LEFT = {SUMMARY: "blijft liggen"}
WRITING = {SUMMARY: "wordt nog geschreven"}
CAUTION = {SUMMARY: "let op"}

TOLD_FROM_SECONDS = 1.0


def step(leg: str, done: int = 0, total: int = 0, what: str = "") -> None:
    """Tell how far a leg is. The first step of another leg ends the one before it.

    Args:
        leg: Name of the leg, as people read it.
        done: How many of its parts are ready.
        total: How many parts it has; 0 where nobody can tell.
        what: The part that is being worked on.
    """
    STEPS.info("%s", leg, extra={"leg": leg, "done": done, "total": total, "what": what})


class Progress(logging.Handler):
    """Shows the steps and the messages of one command.

    In a terminal each leg is a live line. Elsewhere it is a line when it begins and one when it ends. A warning or an
    error is printed above it at once, unless it belongs in the summary: that is kept until somebody takes it.
    """

    def __init__(self, console: Console) -> None:
        """Show nothing yet.

        Args:
            console: Where to print.
        """
        super().__init__(logging.INFO)
        self._kept: dict[str, list[str]] = {}
        self._console = console
        self._bars = Bars(
            TextColumn("{task.description}"),
            TextColumn("{task.fields[count]}", justify="right"),
            TimeElapsedColumn(),
            # The name of a file, in which brackets are what they are.
            TextColumn(
                "{task.fields[what]}", markup=False, table_column=Column(ratio=1, no_wrap=True, overflow="ellipsis")
            ),
            console=console,
            refresh_per_second=2,
            expand=True,
            # Dagster turns the process's own output aside while a step runs.
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._leg: _Leg | None = None

    def __enter__(self) -> "Progress":
        """Listen to steps and messages."""
        for logger in (STEPS, MESSAGES):
            logger.setLevel(logging.INFO)
            logger.handlers = [self]
            logger.propagate = False
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop listening; what nobody took for a summary is printed, so that nothing gets lost."""
        self.end()
        for place, told in self.take().items():
            # Where the command ended by itself, it said how it ended.
            if error is not None or place != OUTCOME[SUMMARY]:
                for message in told:
                    self._print(message)
        for logger in (STEPS, MESSAGES):
            logger.removeHandler(self)
            logger.setLevel(logging.NOTSET)
            logger.propagate = True

    def emit(self, record: logging.LogRecord) -> None:
        """Show a step; print a message, or keep it for the summary.

        Args:
            record: What was logged.
        """
        if record.name == STEPS.name:
            self._show_step(*(getattr(record, name) for name in ("leg", "done", "total", "what")))
        elif record.levelno >= logging.WARNING:
            if place := getattr(record, SUMMARY, None):
                self._kept.setdefault(place, []).append(record.getMessage())
            else:
                self._print(record.getMessage())

    def take(self) -> dict[str, list[str]]:
        """Hand over what was kept for the summary.

        Returns:
            The messages, by their place in the summary.
        """
        kept, self._kept = self._kept, {}
        return kept

    def end(self) -> None:
        """End the last leg; what is printed from here on comes below it."""
        self._end_leg()
        if self._console.is_interactive:
            self._bars.stop()
        for task in self._bars.task_ids:
            self._bars.remove_task(task)

    def _show_step(self, name: str, done: int, total: int, what: str) -> None:
        if self._leg is None or self._leg.name != name:
            self._end_leg()
            self._leg = _Leg(name)
            if self._console.is_interactive:
                self._bars.start()
                self._leg.task = self._bars.add_task(name, total=None, count="", what="")
            else:
                self._print(name)
        self._leg.count(done, total)
        self._leg.work_on(what)
        if self._console.is_interactive:
            self._bars.update(self._leg.task, count=self._leg.counter, what=what)

    def _end_leg(self) -> None:
        leg, self._leg = self._leg, None
        if leg is None:
            return
        leg.work_on("")
        if self._console.is_interactive:
            self._bars.update(leg.task, what=leg.slowest)
            self._bars.stop_task(leg.task)
        else:
            told = (leg.counter, f"klaar in {leg.elapsed}", leg.slowest)
            self._print(f"{leg.name}: {', '.join(filter(None, told))}")

    def _print(self, text: str) -> None:
        self._console.print(f"{now():%H:%M:%S} {text}", markup=False, highlight=False, soft_wrap=True)


class _Leg:
    """One leg: how far it is, and which of its parts took longest."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.task = TaskID(0)
        self._begun = self._since = monotonic()
        self._done = self._total = 0
        self._what = self._slowest = ""
        self._longest = 0.0

    def count(self, done: int, total: int) -> None:
        # Parts that are worked on at the same time may report out of order.
        self._done, self._total = max(self._done, done), max(self._total, total)

    def work_on(self, what: str) -> None:
        if what == self._what:
            return
        now = monotonic()
        if self._what and now - self._since > self._longest:
            self._slowest, self._longest = self._what, now - self._since
        self._what, self._since = what, now

    @property
    def counter(self) -> str:
        return f"{self._done} van {self._total}" if self._total else ""

    @property
    def elapsed(self) -> str:
        minutes, seconds = divmod(round(monotonic() - self._begun), 60)
        return f"{minutes}:{seconds:02}"

    @property
    def slowest(self) -> str:
        return f"langst: {self._slowest} ({self._longest:.0f} s)" if self._longest >= TOLD_FROM_SECONDS else ""
