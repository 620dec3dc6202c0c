"""Conversations written for tcdata: shipped samples, one file per format."""
