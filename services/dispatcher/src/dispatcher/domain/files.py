"""附件: what a unit names in a command must be stored, and its own."""

from collections.abc import Collection, Sequence

from dispatcher.domain.refusal import Refusal


def missing_file(named: Sequence[str], stored: Collection[str], field: str) -> Refusal | None:
    """The refusal where one of ``named`` is not among the unit's ``stored`` files.

    ``out_of_turn``: a file that was stored a moment ago may not have been told yet.
    """
    if all(one in stored for one in named):
        return None
    return Refusal(
        "file_not_stored",
        "附件未上传，或不是贵单位上传的，或刚刚上传尚未登记。"
        "请先用 POST /attachments 上传；若刚上传，请稍候换一个新的 command_id 重新发送本命令",
        "a named file is not stored, is not your unit's, or was stored a moment ago: upload it by POST /attachments; "
        "if you just did, wait a moment and send the command again with a new command_id",
        field,
        out_of_turn=True,
        passing=True,
    )
