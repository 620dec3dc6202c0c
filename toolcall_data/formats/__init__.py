"""The shapes that rows have on disk: one file each, found by walking this folder."""
