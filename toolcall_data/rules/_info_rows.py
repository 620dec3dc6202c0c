"""What the rows of a registered set look like, whatever its entry says of them."""

from __future__ import annotations

from toolcall_data.target.files import SeenSet
from toolcall_data.target.shapes import Place, Shape, Shapes


def columns_of(seen: SeenSet) -> dict[str, Shape]:
    """The columns that any row of the set has."""
    found: dict[str, Shape] = {}
    for file in seen.files:
        for key, shape in file.shapes.row.fields.items():
            found.setdefault(key, shape)
    return found


def messages_column(seen: SeenSet) -> str | None:
    """A column that holds lists of messages."""
    for key, shape in columns_of(seen).items():
        keys = shape.items.fields if shape.items is not None else {}
        if any(role in keys and text in keys for role, text in (("from", "value"), ("role", "content"))):
            return key
    return None


def is_alpaca(seen: SeenSet) -> bool:
    """Whether rows are instructions with their outputs."""
    found = columns_of(seen)
    return "instruction" in found and "output" in found


def wrapper(shapes: Shapes) -> tuple[str, Place] | None:
    """The column under which all rows lie, where the file is one object around them."""
    if shapes.rows != 1 or "object" not in shapes.row.first:
        return None
    for key, shape in shapes.row.fields.items():
        below = shape.items.fields if shape.items is not None else {}
        if any(name in below for name in ("conversations", "messages", "instruction", "output")):
            return key, shape.first["list"]
    return None


def speaks_otherwise(seen: SeenSet) -> str | None:
    """The formatting that the rows have, where it is another than the entry's."""
    registration = seen.registration
    found = columns_of(seen)
    if registration.formatting == "alpaca":
        is_read = registration.prompt in found and registration.response in found
        return "sharegpt" if not is_read and messages_column(seen) is not None else None
    if registration.formatting in ("sharegpt", "openai"):
        return "alpaca" if registration.messages not in found and is_alpaca(seen) else None
    return None


def is_wrapped(seen: SeenSet) -> bool:
    """Whether a file of the set is one object around its rows."""
    return any(wrapper(file.shapes) is not None and file.loader != "array" for file in seen.files)
