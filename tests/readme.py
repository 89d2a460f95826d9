"""What the README says that comes out, to be held against what comes out."""

import re

from orchestration.paths import ROOT

# What differs from one night to the next: the day of it, and what hashes hold of that day.
VARIES = re.compile(
    r"\b[0-9a-f]{8}\b|\b[0-9a-f]{64}\b|(?<=gereconstrueerd )\d\d-\d\d-\d{4}|(?<=gepubliceerd )\d\d-\d\d-\d{4}"
)


def plain(text: str) -> str:
    """Text as its words, without the lines under headings and without what differs from night to night.

    Args:
        text: What was printed.
    """
    return VARIES.sub("?", " ".join(text.replace("─", " ").split()))


def parts_shown(heading: str) -> list[str]:
    """What the README shows below a question: the words between the places that it leaves out.

    Args:
        heading: The question, as it stands there in bold.

    Returns:
        The words of each part, in order; `...` stands for what is left out.
    """
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    below = text.split(f"**{heading}**", 1)[1].split("\n**", 1)[0]
    blocks = re.findall(r"^```\n(.*?)^```$", below, flags=re.MULTILINE | re.DOTALL)
    shown = [plain(part) for part in re.split(r"^ *\.\.\.$", "".join(blocks), flags=re.MULTILINE)]
    return [part for part in shown if part]
