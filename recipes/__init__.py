"""Recipes shipped with tcdata: copy one with `tcdata init`, or name it by its file name without suffix."""
