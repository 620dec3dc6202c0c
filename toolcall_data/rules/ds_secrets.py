"""ds.secrets: keys and passwords in a set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from toolcall_data.conversation.build import chat, gpt, human
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._row_keys import row_keys
from toolcall_data.rules._rows_by_file import RowsByFileRule


class DsSecrets(RowsByFileRule):
    """No set may hold credentials.

    What it does:
        Counts rows with what has the form of a real key: of OpenAI, AWS, Alibaba Cloud, Tencent Cloud, GitHub, GitLab,
        Hugging Face, Google, Slack and Stripe, a JSON web token, a private key, a password in an address. Text, calls
        and results are searched; keys that say they are examples are left out. One finding a file.

    Why it matters:
        The key is public from the day the set or the model is. `call.secret_value` finds only those in arguments.

    Example:
        A pasted log with `Authorization: Bearer eyJ…`.

    What to do:
        Replace the key by a made-up value in the whole row, and withdraw the real one.
    """

    chinese = """数据集不能含有密钥。

    检查什么：
        数出含有真实密钥形式的内容的行：OpenAI、AWS、阿里云、腾讯云、GitHub、GitLab、Hugging Face、Google、Slack、
        Stripe 的密钥，JSON Web Token，私钥，网址里的密码。文本、调用和结果都查；写明是示例的除外。每个文件报告一次。

    为什么重要：
        数据或模型公开之日，密钥也就公开了。`call.secret_value` 只查参数里的。

    例子：
        粘贴的日志里有 `Authorization: Bearer eyJ…`。

    怎么办：
        整行统一换成编造的值，并作废真的密钥。
    """
    code = "TC817"
    name = "ds.secrets"
    good = ((FINE, chat(human("怎么设置密钥？"), gpt("写成 `sk-your-key-goes-here-1234567890`。"))),)
    bad = ((FINE, chat(human("为什么报错？"), gpt("您的密钥 sk-" + "Q7rT2mZ9aB4xW6pL" * 2 + " 已过期。"))),)

    def kinds(self, conversation: Conversation) -> Iterable[str]:
        return row_keys(conversation).personal & {"secret"}

    def say(self, kinds: Counter[str], rows: int, places: Prose) -> Prose:
        noun = "row holds" if rows == 1 else "rows hold"
        return Prose(f"{rows:,} {noun} what looks like a credential: {places}", f"{rows:,} 行里像是有密钥：{places.zh}")

    def advice(self) -> Prose:
        return Prose("replace it in the whole row, and withdraw the real one", "整行统一替换，并作废真的密钥")
