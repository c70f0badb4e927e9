"""Attachments: encrypted under a key of their own, in chunks well below the store's document limit."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from chassis.crypto import MasterKey
from chassis.mongo import DUPLICATE, BulkRefused, DuplicateKey, Index, InsertOne, Row, Store
from contracts.events.appeal import AttachmentRef
from intake.ports import File

COLLECTION = "attachments"
CHUNKS = "attachment_chunks"
CHUNK = 1_000_000
"""Bytes of a chunk before encryption."""
INDEXES = (Index((("file", 1), ("place", 1)), unique=True),)


class MongoFiles:
    """Implements ``ports.Files``."""

    def __init__(self, store: Store, keys: MasterKey) -> None:
        self._store = store
        self._rows = store.collection(COLLECTION)
        self._chunks = store.collection(CHUNKS)
        self._keys = keys

    async def add(self, attachment_id: str, owner: str, media_type: str, content: bytes, at: datetime) -> bool:
        """Chunks first, then the row that makes the file exist. False when the id holds another content."""
        # Of the content under the index secret, so that the row does not tell which known file it is.
        mark = self._keys.blind_index(hashlib.sha256(content).hexdigest() + media_type, "attachment")
        if (kept := await self._row(attachment_id)) is not None:
            return bool(kept["mark"] == mark)
        key, wrapped = self._keys.new_data_key(attachment_id)
        await self._store.call("delete", self._chunks.delete_many({"file": attachment_id}))
        pieces = [content[start : start + CHUNK] for start in range(0, len(content), CHUNK)]
        chunks: list[InsertOne[Row]] = [
            InsertOne(
                {
                    "_id": f"{attachment_id}:{place}",
                    "file": attachment_id,
                    "place": place,
                    "sealed": key.encrypt_bytes(piece, f"{attachment_id}:{place}"),
                }
            )
            for place, piece in enumerate(pieces)
        ]
        row: Row = {"_id": attachment_id, "owner": owner, "media_type": media_type, "size": len(content)}
        row |= {"mark": mark, "key": wrapped, "chunks": len(pieces), "at": at}
        try:
            await self._store.bulk(self._chunks, chunks)
            await self._store.call("insert", self._rows.insert_one(row), writes=1)
        except (BulkRefused, DuplicateKey) as error:
            # The same upload runs twice at this moment: the sender comes again and finds the one that won.
            if isinstance(error, BulkRefused) and set(error.codes.values()) != {DUPLICATE}:
                raise
            kept = await self._row(attachment_id)
            return kept is not None and bool(kept["mark"] == mark)
        return True

    async def references(self, ids: Sequence[str], owner: str | None) -> dict[str, AttachmentRef]:
        """Those that exist and, where ``owner`` is given, are the owner's."""
        if not ids:
            return {}
        where: Row = {"_id": {"$in": list(ids)}}
        if owner is not None:
            where["owner"] = owner
        rows = await self._store.find(self._rows, where, fields={"media_type": 1, "size": 1})
        return {row["_id"]: _reference(row) for row in rows}

    async def read(self, attachment_id: str) -> File | None:
        """The file, decrypted; None when unknown."""
        row = await self._row(attachment_id)
        if row is None:
            return None
        key = self._keys.unwrap(row["key"], attachment_id)
        chunks = await self._store.find(self._chunks, {"file": attachment_id}, sort=[("place", 1)])
        if [chunk["place"] for chunk in chunks] != list(range(row["chunks"])):
            raise RuntimeError("a stored attachment lacks a chunk")
        content = b"".join(key.decrypt_bytes(chunk["sealed"], chunk["_id"]) for chunk in chunks)
        return File(reference=_reference(row), owner=row["owner"], content=content)

    async def _row(self, attachment_id: str) -> Row | None:
        rows = await self._store.find(self._rows, {"_id": attachment_id}, limit=1)
        return rows[0] if rows else None


def _reference(row: Row) -> AttachmentRef:
    return AttachmentRef(attachment_id=row["_id"], media_type=row["media_type"], size=row["size"])
