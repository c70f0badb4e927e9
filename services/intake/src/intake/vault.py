"""The caller vault: identities and original texts, AES-256-GCM under one key per caller, found by a blind index.

One collection holds two kinds of rows so that a batch is one bulk: callers (``phone``, ``key``) and what they told
(``caller`` or an own ``key``, ``sealed``). Whoever removes a caller's key has destroyed the identity.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from chassis.crypto import CannotOpen, DataKey, IdentityDestroyed, MasterKey
from chassis.ids import Ids
from chassis.mongo import DUPLICATE, BulkRefused, Index, InsertOne, Row, Store, UpdateOne
from chassis.turns import Turns
from contracts.words import CallerKind
from intake.domain.submission import Caller, normal_phone
from intake.ports import Kept, Told

COLLECTION = "vault"
INDEXES = (
    Index((("phone", 1),), unique=True, sparse=True),
    Index((("appeal", 1),), sparse=True),
)


@dataclass(frozen=True, slots=True)
class _Holder:
    ref: str
    key: DataKey


class MongoVault:
    """Implements ``ports.Vault``."""

    def __init__(self, store: Store, keys: MasterKey, ids: Ids) -> None:
        self._store = store
        self._rows = store.collection(COLLECTION)
        self._keys = keys
        self._ids = ids

    async def keep(self, told: Sequence[Told]) -> Kept:
        """One look for known callers (none without numbers), then one bulk. Raises ``StoreAway``."""
        holders = await self._known(told)
        inserts: list[InsertOne[Row]] = []
        new: dict[int, str] = {}
        turns = Turns()
        for index in dict.fromkeys(filter(None, map(self._phone, told))):
            await turns.over()
            if index not in holders:
                ref = self._ids.fresh()
                key, wrapped = self._keys.new_data_key(ref)
                holders[index] = _Holder(ref, key)
                new[len(inserts)] = index
                inserts.append(InsertOne({"_id": ref, "phone": index, "key": wrapped}))
        rows, refs = await self._sealed_rows(told, holders)
        first = len(inserts)
        refused: Mapping[int, int] = {}
        try:
            await self._store.bulk(self._rows, [*inserts, *(InsertOne(row) for row in rows)])
        except BulkRefused as error:
            refused = error.codes
            odd = set(refused.values()) - {DUPLICATE}
            if odd:
                raise RuntimeError(f"the database refused vault rows with code {sorted(odd)}") from None
        known = frozenset(told[place - first].id for place in refused if place >= first)
        overtaken = {new[place] for place in refused if place < first}
        for item in told:
            # Another process met the same caller for the first time just now: its key is the caller's key.
            if self._phone(item) in overtaken and item.id not in known:
                refs[item.id] = await self.replace(item)
        return Kept(refs=refs, known=known)

    async def replace(self, told: Told) -> str | None:
        """Seal again under the caller's present key, over what is there."""
        holders = await self._known([told])
        index = self._phone(told)
        if index is not None and index not in holders:
            ref = self._ids.fresh()
            key, wrapped = self._keys.new_data_key(ref)
            try:
                await self._store.bulk(self._rows, [InsertOne({"_id": ref, "phone": index, "key": wrapped})])
                holders[index] = _Holder(ref, key)
            except BulkRefused:
                holders = await self._known([told])
        (row,), refs = await self._sealed_rows([told], holders)
        gone = {name: "" for name in ("key", "caller", "appeal") if name not in row}
        fields = {name: value for name, value in row.items() if name != "_id"}
        update: Row = {"$set": fields, "$unset": gone} if gone else {"$set": fields}
        await self._store.bulk(self._rows, [UpdateOne({"_id": told.id}, update, upsert=True)])
        return refs[told.id]

    async def discard(self, told: Told) -> None:
        """Remove a row that belongs to no appeal, if it is still this command's."""
        gone = self._rows.delete_one({"_id": told.id, "by": told.by})
        await self._store.call("delete", gone, writes=1)

    async def identity(self, appeal: str) -> Caller | None:
        """The caller as last completed; None when unknown or destroyed."""
        rows = await self._store.find(self._rows, {"$or": [{"_id": appeal}, {"appeal": appeal}]})
        rows.sort(key=lambda row: (row["_id"] != appeal, row["at"], row["_id"]))
        refs = sorted({row["caller"] for row in rows if "caller" in row and "key" not in row})
        found = await self._store.find(self._rows, {"_id": {"$in": refs}}) if refs else []
        wrapped = {row["_id"]: row.get("key") for row in found}
        caller: Caller | None = None
        for row in rows:
            owner = row["_id"] if "key" in row else row.get("caller")
            try:
                key = self._keys.unwrap(row.get("key") or wrapped.get(owner), str(owner))
                told = json.loads(key.decrypt(row["sealed"], row["_id"]))
            except (IdentityDestroyed, CannotOpen):
                continue
            if told["caller"] is not None:
                caller = _caller(told["caller"]).over(caller)
        return caller

    def _phone(self, told: Told) -> str | None:
        # An anonymous caller is not linked to what the same number said before or says later.
        phone = None if told.anonymous or told.caller is None else normal_phone(told.caller.phone)
        return None if phone is None else self._keys.blind_index(phone, "caller-phone")

    async def _known(self, told: Sequence[Told]) -> dict[str, _Holder]:
        indexes = list(dict.fromkeys(filter(None, map(self._phone, told))))
        if not indexes:
            return {}
        rows = await self._store.find(self._rows, {"phone": {"$in": indexes}})
        return {row["phone"]: _Holder(row["_id"], self._keys.unwrap(row["key"], row["_id"])) for row in rows}

    async def _sealed_rows(
        self, told: Sequence[Told], holders: Mapping[str, _Holder]
    ) -> tuple[list[Row], dict[str, str | None]]:
        rows: list[Row] = []
        refs: dict[str, str | None] = {}
        turns = Turns()
        for item in told:
            await turns.over()
            index = self._phone(item)
            row: Row = {"_id": item.id, "at": item.at, "by": item.by}
            if index is not None:
                key, refs[item.id] = holders[index].key, holders[index].ref
                row["caller"] = refs[item.id]
            else:
                key, row["key"] = self._keys.new_data_key(item.id)
                refs[item.id] = None
            if item.appeal is not None:
                row["appeal"] = item.appeal
            plain = {"text": item.text, "caller": None if item.caller is None else asdict(item.caller)}
            row["sealed"] = key.encrypt(json.dumps(plain, ensure_ascii=False), item.id)
            rows.append(row)
        return rows, refs


def _caller(stored: Mapping[str, str | None]) -> Caller:
    return Caller(**{**stored, "kind": CallerKind(stored["kind"])})  # type: ignore[arg-type] # as `asdict` left it
