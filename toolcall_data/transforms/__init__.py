"""Rewritings of one conversation, each with a record of what it changed."""
