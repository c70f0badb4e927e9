"""Commands whose ids and fingerprints may be stored: senders put telephone numbers into both."""

from collections.abc import Mapping
from typing import Any

from chassis.crypto import MasterKey
from chassis.document import Command


def blind_command(keys: MasterKey, user: str, key: str, request: Mapping[str, Any]) -> Command:
    """The command of this user, idempotency key and request, with only keyed hashes of what was sent."""
    plain = Command.of(user, key, request)
    return Command(
        user=user,
        command_id=keys.blind_index(plain.key, "command"),
        fingerprint=keys.blind_index(plain.fingerprint, "fingerprint"),
    )
