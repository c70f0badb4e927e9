"""Files in a form of the public pages: how many, how large, of which kind. Whatever is not allowed is refused."""

from fastapi import Request
from starlette.datastructures import UploadFile

from chassis.limits import ATTACHMENT_LIMIT, LargerBody
from intake.domain.media_type import ALLOWED, matches
from intake.use_cases.keep_files import Upload

FIELD = "files"
MOST = 3
"""Files of one form."""
TOGETHER = ATTACHMENT_LIMIT
"""Bytes of all files of one form."""
LARGER = LargerBody(r"/file|/query/supplement", TOGETHER + 256 * 1024, "multipart/form-data")
ACCEPT = ",".join(sorted(ALLOWED))


async def uploads_of(request: Request) -> tuple[tuple[Upload, ...], str | None]:
    """The form's files, or the key of the words that say what is wrong with them."""
    parts = (await request.form()).getlist(FIELD)
    chosen = [part for part in parts if isinstance(part, UploadFile) and part.filename]
    if len(chosen) > MOST:
        return (), "form.wrong.files_many"
    found: list[Upload] = []
    for part in chosen:
        media_type = (part.content_type or "").partition(";")[0].strip().lower()
        if media_type not in ALLOWED:
            return (), "form.wrong.files_kind"
        content = await part.read()
        if not content:
            return (), "form.wrong.files_empty"
        if not matches(media_type, content[:32]):
            return (), "form.wrong.files_kind"
        found.append(Upload(media_type=media_type, content=content))
    if sum(len(upload.content) for upload in found) > TOGETHER:
        return (), "form.wrong.files_large"
    return tuple(found), None
