"""What is true of the whole project, whatever the environment."""

PROJECT = "flowwise"
"""First word of every resource name."""

CLOUDS = ("azure", "aws", "google")
"""Clouds that an environment may name."""

IN_CLUSTER = "kubernetes"
"""What an environment names instead of a cloud: a cluster that is there already, with everything inside it."""
