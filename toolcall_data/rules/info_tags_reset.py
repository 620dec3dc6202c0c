"""info.tags_reset: tags that an entry leaves out, so that the trainer knows no such turns."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._info_examples import SOUND, TAGS, entry
from toolcall_data.rules._sets import InfoRule, place_text
from toolcall_data.rules.base import Finding
from toolcall_data.target.files import SeenSet
from toolcall_data.target.registry import Registered


class InfoTagsReset(InfoRule):
    """A `tags` block must name every tag that the rows use.

    What it does:
        Reports a `tags` block without `role_tag`, `content_tag`, `user_tag` or `assistant_tag`, and roles in the rows
        that no tag means because the block leaves tags out.

    Why it matters:
        A `tags` block, once it is there, replaces all defaults. Without `function_tag` and `observation_tag` every row
        with a call is dropped; without `system_tag` every row that begins with a system message; without `content_tag`
        LLaMA-Factory ends with `KeyError: None`.

    Example:
        `"tags": {"role_tag": "from", "content_tag": "value"}` for rows with calls.

    What to do:
        Write all seven tags, or none where the rows have LLaMA-Factory's own.
    """

    chinese = """`tags` 必须写出行里用到的每个标签。

    检查什么：
        报告缺少 `role_tag`、`content_tag`、`user_tag` 或 `assistant_tag` 的 `tags`，
        以及因 `tags` 缺项而没有任何标签对应的角色。

    为什么重要：
        `tags` 一旦出现就会替换全部默认值。缺少 `function_tag` 和 `observation_tag` 时，带调用的行全部被丢弃；
        缺少 `system_tag` 时，以系统消息开头的行全部被丢弃；
        缺少 `content_tag` 时，LLaMA-Factory 以 `KeyError: None` 结束。

    例子：
        行里有调用，而 `"tags": {"role_tag": "from", "content_tag": "value"}`。

    怎么办：
        写全七个标签；若行里用的就是 LLaMA-Factory 的默认标签，则一个都不写。
    """

    code = "TC906"
    name = "info.tags_reset"
    rows = (FINE,)
    good = (SOUND, entry(tags=TAGS))
    bad = (
        entry(tags={"role_tag": "from", "content_tag": "value"}),
        entry(tags={**TAGS, "function_tag": None, "observation_tag": None}),
    )

    def check_entry(self, entry: Registered) -> Iterator[Finding]:
        tags = entry.block("tags")
        if tags is None or entry.formatting not in ("sharegpt", "openai"):
            return
        for names, lost in _NEEDED.items():
            if left_out := [name for name in names if not tags.get(name)]:
                said = ", ".join(f"`{name}`" for name in left_out)
                text = Prose(f"`tags` leaves out {said}: {lost}", f"`tags` 缺少 {said}：{lost.zh}")
                yield self.on_key(entry, text, "tags", hint=_ALL)

    def check_rows(self, entry: Registered, seen: SeenSet) -> Iterator[Finding]:
        tags = entry.block("tags")
        if tags is None or entry.formatting not in ("sharegpt", "openai"):
            return
        left_out = [name for name in _ROLES if not tags.get(name)]
        roles = {role: place for file in reversed(seen.files) for role, place in file.watch.roles.items()}
        known = {str(tags[name]) for name in (*_ROLES, *_SPEAKERS) if tags.get(name)}
        unknown = [role for role in roles if role not in known]
        if not left_out or not unknown:
            return
        said = ", ".join(f"`{name}`" for name in left_out)
        shown, where = ", ".join(f"`{role}`" for role in unknown[:5]), place_text(roles[unknown[0]])
        text = Prose(
            f"`tags` leaves out {said}, and the rows have the roles {shown} (first in {where}): such rows are dropped",
            f"`tags` 缺少 {said}，而行里有角色 {shown}（首次出现在{where.zh}）：这样的行会被丢弃",
        )
        yield self.on_key(entry, text, "tags", hint=_ALL)


_ALL = Prose("a `tags` block replaces all defaults: write all seven", "`tags` 会替换全部默认值：请写全七个")
_SPEAKERS = ("user_tag", "assistant_tag")
_ROLES = ("observation_tag", "function_tag", "system_tag")
_NEEDED = {
    ("role_tag", "content_tag"): Prose(
        "LLaMA-Factory ends with `KeyError: None`", "LLaMA-Factory 会以 `KeyError: None` 结束"
    ),
    _SPEAKERS: Prose("every row is dropped", "每一行都会被丢弃"),
}
