"""Secret files: made once, whole, and readable by their owner alone."""

import os
import secrets
from pathlib import Path


def create_private(path: Path, content: bytes) -> bool:
    """Write ``content`` to ``path`` with mode 0600 unless it exists; True when written.

    Of several processes that start together exactly one wins, and nobody ever reads half a file.
    """
    if path.exists():
        return False
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        draft.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return True
