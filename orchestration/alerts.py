"""Tell people that a night failed, refused a delivery or left a file: in the log, and to whoever the setting names.

The setting holds addresses as the library Apprise spells them (`mailto://...`, `json://...`), separated by spaces.
"""

import logging
import os

from orchestration.progress import OUTCOME

log = logging.getLogger(__name__)

ALERT_SETTING = "VEILIGHEIDSAGENDA_MELDINGEN"


def tell(title: str, text: str) -> bool:
    """Send one message; a message that cannot be sent never stops the night.

    Args:
        title: What is the matter, in Dutch.
        text: What to do about it; never a value from a personal column.

    Returns:
        Whether everybody who is named in the setting was reached; True where it names nobody.
    """
    log.error("%s\n%s", title, text, extra=OUTCOME)
    addresses = os.environ.get(ALERT_SETTING, "").split()
    if not addresses:
        return True
    # Importing the library takes a quarter of a second, which a good night need not pay.
    from apprise import Apprise

    sender = Apprise()
    reached = sender.add(list(addresses)) and bool(sender.notify(body=text, title=title, body_format="text"))
    if not reached:
        log.error("de melding %r is niet bij alle adressen in %s aangekomen", title, ALERT_SETTING)
    return reached
