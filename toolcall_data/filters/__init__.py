"""Reasons to drop a conversation: one file each, found by walking this folder."""
