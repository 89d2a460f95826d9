"""What tests of killed runs share: a copy of this process that dies where chance chose, without tidying anything."""

import os
import signal
import sys
from collections.abc import Callable, Collection
from types import FrameType
from typing import Any


def in_a_child(work: Callable[[], object]) -> str:
    """Do work in a copy of this process.

    Args:
        work: What is done.

    Returns:
        Its answer as text; nothing where it was killed.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        try:
            os.write(writer, str(work()).encode())
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as stream:
        answer = stream.read()
    _, status = os.waitpid(child, 0)
    assert answer or (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL), "it failed by itself"
    return answer


def counting_lines(work: Callable[[], object], files: Collection[str], last: int = -1) -> int:
    """Do work, and count the lines that are reached in some files of code.

    Args:
        work: What is done.
        files: The files.
        last: Before which line this process is killed (SIGKILL); never where below zero.

    Returns:
        How many lines were reached.
    """
    count = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        if frame.f_code.co_filename not in files:
            return None
        if event == "line":
            if count == last:
                os.kill(os.getpid(), signal.SIGKILL)
            count += 1
        return trace

    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(None)
    return count
