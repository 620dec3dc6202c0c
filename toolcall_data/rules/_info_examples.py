"""Texts of dataset_info.json that rules use as examples: one entry that registers `rows.jsonl`."""

from __future__ import annotations

from toolcall_data.conversation.json_text import encode
from toolcall_data.conversation.model import JSON

COLUMNS: dict[str, JSON] = {"messages": "conversations", "tools": "tools"}
TAGS: dict[str, JSON] = {
    "role_tag": "from",
    "content_tag": "value",
    "user_tag": "human",
    "assistant_tag": "gpt",
    "observation_tag": "observation",
    "function_tag": "function_call",
    "system_tag": "system",
}


def entry(**keys: JSON) -> str:
    """The text with one sound entry, some of its keys replaced; a key that is None is left out."""
    whole = {"file_name": "rows.jsonl", "formatting": "sharegpt", "columns": COLUMNS, **keys}
    return encode({"weather": {key: value for key, value in whole.items() if value is not None}})


SOUND = entry()
"""An entry without a fault."""
