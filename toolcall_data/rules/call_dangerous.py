"""call.dangerous: something that cannot be undone, without the user's consent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from toolcall_data.conversation.build import call, gpt, human, observation, row, tool
from toolcall_data.conversation.model import Call, Conversation, User
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import Holds
from toolcall_data.rules._results import leaves
from toolcall_data.rules.base import Finding, Rule, Severity

_DELETE = tool("delete_account", user_id={"type": "string"})

_VERBS = frozenset(("delete", "erase", "wipe", "destroy", "purge", "uninstall", "shutdown", "reboot", "terminate"))
_OBJECTS = {
    "remove": frozenset(
        ("user", "account", "file", "files", "folder", "data", "record", "records", "member", "device")
    ),
    "drop": frozenset(("table", "database", "collection", "index")),
    "transfer": frozenset(("money", "fund", "funds", "amount", "balance", "payment", "crypto", "asset", "assets")),
    "send": frozenset(("money", "payment", "crypto", "bitcoin")),
    "withdraw": frozenset(("money", "fund", "funds", "cash", "balance")),
    "execute": frozenset(("shell", "bash", "command", "sql")),
    "exec": frozenset(("shell", "bash", "command", "sql")),
    "format": frozenset(("disk", "drive", "partition")),
}
_ZH_VERB = re.compile(r"^(?:删除|清空|注销|销毁|格式化|转账|汇款|卸载|重启)")
_PIECES = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_COMMAND = re.compile(
    r"\s*(?:sudo\s+)?(?:rm\s+-\w*[rf]|mkfs|dd\s+if=|format\s+[a-z]:|shutdown\b)"
    r"|\s*(?:drop|truncate)\s+(?:table|database)\b|\s*delete\s+from\s+[\w.`\"]+\s*(?:;\s*)?$",
    re.IGNORECASE,
)
_MAY_BE_DANGEROUS = Holds(
    called="|".join((*_VERBS, *_OBJECTS, *["删除", "清空", "注销", "销毁", "格式化", "转账", "汇款", "卸载", "重启"])),
    given=r"rm\s|mkfs|dd\s|format\s|shutdown|drop\s|truncate\s|delete\s",
)
_CONSENT = re.compile(
    r"确认|确定|确实|是的|好的|没问题|可以|同意|继续|直接|已经想好|想好了|没错|^\s*(?:好|对|是|行|嗯)"
    r"|\b(?:yes|yeah|yep|sure|ok|okay|confirm|confirmed|go ahead|please do|proceed|i'm certain|do it)\b",
    re.IGNORECASE,
)


class CallDangerous(Rule):
    """What cannot be undone should be done only after the user agreed to it.

    What it does:
        Reports a call of a tool that by its name deletes, wipes, transfers money or runs a command, or an argument
        that is such a command (`rm -rf`, `DROP TABLE`), where the user's last message before it neither agrees nor
        says that it is certain.

    Why it matters:
        The model learns to delete and to pay at the first word. A misheard request is then enough.

    Example:
        「我不想用这个账号了」, and at once `delete_account`.

    What to do:
        Let the model say what it is about to do and wait for a yes. If your tools ask by themselves, ignore this rule.
    """

    chinese = """无法撤销的操作应先得到用户同意。

    检查什么：
        工具名表示删除、清空、转账或执行命令，或者参数本身就是这样的命令（`rm -rf`、`DROP TABLE`），
        而调用前用户最后一条消息既没有同意，也没有表示确定。

    为什么重要：
        模型会学着一听到就删除、就付款。听错一句话就足以出事。

    例子：
        用户刚说「我不想用这个账号了」，马上就调用 `delete_account`。

    怎么办：
        让模型先说明将要做什么，等用户确认。工具自己会再次确认的，可以忽略本规则。
    """
    code = "TC434"
    name = "call.dangerous"
    severity = Severity.WARNING
    looks_at = "calls"
    only_if = staticmethod(_MAY_BE_DANGEROUS)
    good = (
        FINE,
        row(
            human("我不想用账号lin02了。"),
            gpt("注销后数据无法恢复，确定要注销账号lin02吗？"),
            human("确定。"),
            call("delete_account", user_id="lin02"),
            observation({"deleted": True}),
            gpt("账号lin02已注销。"),
            tools=[_DELETE],
        ),
    )
    bad = (
        row(
            human("我不想用账号lin02了。"),
            call("delete_account", user_id="lin02"),
            observation({"deleted": True}),
            gpt("账号lin02已注销。"),
            tools=[_DELETE],
        ),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        if not any(map(_is_dangerous, conversation.calls)):
            return
        agreed = False
        for message in conversation.messages:
            if isinstance(message, User):
                agreed = _CONSENT.search(message.text) is not None
            elif message.role == "assistant" and not agreed:
                for found in filter(_is_dangerous, message.calls):
                    text = f"`{found.name}` cannot be undone, and the user has not agreed to it"
                    chinese = f"`{found.name}` 无法撤销，而用户还没有同意"
                    yield self.on_call(conversation, found, Prose(text, chinese))


def _is_dangerous(call: Call) -> bool:
    if call.error is not None or not call.name:
        return False
    return _is_dangerous_name(call.name) or any(
        type(value) is str and _COMMAND.match(value) is not None for value in leaves(call.arguments)
    )


@lru_cache(maxsize=4096)
def _is_dangerous_name(name: str) -> bool:
    pieces = [piece.lower() for piece in _PIECES.findall(name)]
    if not pieces:
        return _ZH_VERB.match(name) is not None
    return pieces[0] in _VERBS or not _OBJECTS.get(pieces[0], frozenset()).isdisjoint(pieces[1:])
