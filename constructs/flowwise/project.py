"""What is true of the whole project, whatever the environment."""

PROJECT = "flowwise"
"""First word of every resource name."""

CLOUDS = ("azure", "aws", "google")
"""Clouds that an environment may name."""
