"""What is true of the whole project, whatever the environment."""

PROJECT = "flowwise"
"""First word of every resource name."""

CLOUDS = ("azure", "aws", "google")
"""Clouds that an environment may name."""

PLATFORM, WORKLOADS = "platform", "workloads"
"""The roots of an environment in a cloud, by the names of their states; the second has a folder of its name in it."""

PROTECTED = "protected"
"""Output of every root by which its state says whether the environment is protected."""

IN_CLUSTER = "kubernetes"
"""What an environment names instead of a cloud: a cluster that is there already, with everything inside it."""
