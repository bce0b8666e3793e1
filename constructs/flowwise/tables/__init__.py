"""The tables: each fact that more than one place needs, once, with where it was read."""
