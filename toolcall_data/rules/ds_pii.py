"""ds.pii: data of persons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from toolcall_data.conversation.build import chat, gpt, human
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._row_keys import row_keys
from toolcall_data.rules._rows_by_file import RowsByFileRule
from toolcall_data.rules.base import Severity

_WORDS = {
    "identity_number": Prose("identity number", "身份证号"),
    "mobile": Prose("mobile number", "手机号"),
    "bank_card": Prose("bank card number", "银行卡号"),
    "email": Prose("mail address", "邮箱"),
    "ip_address": Prose("IP address", "IP 地址"),
}


class DsPii(RowsByFileRule):
    """A set should hold no data of persons.

    What it does:
        Counts rows with Chinese identity numbers and bank card numbers (both with a right check digit), Chinese mobile
        numbers, mail addresses and public IP addresses, in text, calls and results. Well-known samples such as
        13800138000 and addresses of example.com are left out. One finding a file.

    Why it matters:
        A model can be made to repeat what it was trained on. Where the numbers are those of real persons, the law on
        personal data applies to the set and to the model.

    Example:
        A support dialogue with the caller's telephone and identity number.

    What to do:
        If they may be real, replace them by made-up ones, the same one in question, call and result.
    """

    chinese = """数据集不应含有个人信息。

    检查什么：
        数出文本、调用和结果里含有身份证号、银行卡号（二者均验证校验位）、手机号、邮箱和公网 IP 地址的行。
        13800138000 之类常见的示例号码和 example.com 的地址除外。每个文件报告一次。

    为什么重要：
        模型可能被诱导说出训练过的内容。如果号码属于真实的人，数据集和模型都受个人信息保护法约束。

    例子：
        客服对话里有来电者的电话和身份证号。

    怎么办：
        如果可能是真的，换成编造的，并在问题、调用和结果里保持一致。
    """
    code = "TC816"
    name = "ds.pii"
    severity = Severity.WARNING
    good = (
        (FINE, chat(human("客服电话？"), gpt("请拨打 13800138000，或写信到 help@example.com。"))),
        (chat(human("这本书的 ISBN？"), gpt("9787302511625，订单号 20240315001。")),),
    )
    bad = (
        (FINE, chat(human("我的手机号是 13912864075，帮我登记"), gpt("已登记。"))),
        (chat(human("身份证 11010519491231002X"), gpt("收到。")), chat(human("写给 linyue.chen@qq.com"), gpt("好。"))),
    )

    def kinds(self, conversation: Conversation) -> Iterable[str]:
        return row_keys(conversation).personal - {"secret"}

    def say(self, kinds: Counter[str], rows: int, places: Prose) -> Prose:
        counted = [(_WORDS[kind], count) for kind, count in sorted(kinds.items(), key=lambda item: (-item[1], item[0]))]
        english = ", ".join(f"{word} in {count:,}" for word, count in counted)
        chinese = "、".join(f"{word.zh} {count:,} 行" for word, count in counted)
        noun = "row holds" if rows == 1 else "rows hold"
        return Prose(
            f"{rows:,} {noun} data of persons ({english}): {places}",
            f"{rows:,} 行含有个人信息（{chinese}）：{places.zh}",
        )

    def advice(self) -> Prose:
        return Prose(
            "if they may be real, replace them by made-up ones, the same in question, call and result",
            "如果可能是真的，换成编造的，并在问题、调用和结果里保持一致",
        )
