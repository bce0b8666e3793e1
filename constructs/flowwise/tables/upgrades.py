"""How many nodes an upgrade of a pool adds for its time, or takes away, as the modules of the clusters say it."""

SURGE_PERCENT = 33
"""Of a pool's nodes: added at a time on Azure, and away at a time on AWS."""

GOOGLE_SURGE_NODES = 1
"""Added to a pool at a time on Google Cloud."""
