"""A department's own program, run by a Python that has the kit and nothing else of this platform.

Arguments: address, file of what was seen, and a book into which it writes every message that it handled, a line of JSON
each. ``--handle`` takes each assignment through to a reply. ``--die-at TYPE`` kills the program in the middle of the
first message of this type, once (a file beside the book remembers).
"""

import argparse
import asyncio
import json
import os
import signal
from pathlib import Path

from department_kit import Department, Message, SqliteSeen


async def main() -> None:
    """Run until killed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("address")
    parser.add_argument("seen")
    parser.add_argument("book", type=Path)
    parser.add_argument("--handle", action="store_true")
    parser.add_argument("--die-at")
    parser.add_argument("--unit")
    parser.add_argument("--token")
    asked = parser.parse_args()
    desk = Department(asked.address, unit=asked.unit, token=asked.token, seen=SqliteSeen(asked.seen), patience=5)
    died = asked.book.with_suffix(".died")

    async def handle(message: Message) -> None:
        if asked.handle and message.type == "assignment":
            await desk.confirm_receipt(message.work_order)
            await desk.record_contact(message.work_order, method="电话", result="已联系")
            await desk.reply(message.work_order, public_text="已派人到现场修复", signer="值班科长")
        if message.type == asked.die_at and not died.exists():
            died.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        line = {"id": message.id, "type": message.type, "work_order": message.work_order}
        more = {"seq": message.work_order_seq, "command": message.body.get("command"), "refusal": message.refusal}
        with asked.book.open("a", encoding="utf-8") as book:
            book.write(json.dumps({**line, **more}) + "\n")

    async with desk:
        await desk.run(handle)


if __name__ == "__main__":
    asyncio.run(main())
