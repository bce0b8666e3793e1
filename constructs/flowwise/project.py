"""What is true of the whole project, whatever the environment."""

PROJECT = "flowwise"
"""First word of every resource name."""

IMPLEMENTED_CLOUDS = ("azure",)
"""Clouds that an environment may name. The tables of regions and sizes already hold the ones to come."""
