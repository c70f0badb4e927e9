"""Which files an appeal may carry, and whether a file is what it says."""

_STARTS: dict[str, tuple[bytes, ...]] = {
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "application/pdf": (b"%PDF-",),
    "audio/amr": (b"#!AMR",),
    "audio/mpeg": (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"),
    "audio/wav": (b"RIFF",),
    "image/webp": (b"RIFF",),
}

ALLOWED = frozenset({*_STARTS, "video/mp4", "text/plain"})
"""Pictures, documents, recordings and short films; nothing that a browser or office program runs."""


def matches(media_type: str, start: bytes) -> bool:
    """Whether a file that begins with ``start`` (32 bytes or all of it) can be of this kind."""
    if media_type == "video/mp4":
        return start[4:8] == b"ftyp"
    if media_type == "text/plain":
        return b"\x00" not in start
    return start.startswith(_STARTS[media_type])
