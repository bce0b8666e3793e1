"""For whom AWS's tokens are. Without CDKTF, which the stand-ins that read this do not wait for."""

STS = "sts.amazonaws.com"
"""Whom tokens are for that AWS takes for an identity: pods', and pipelines'."""
