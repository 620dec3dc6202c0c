"""The canonical conversation: what every format is read into and written from."""
