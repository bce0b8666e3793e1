"""What a test says of AWS: what it takes its time for, keys or clusters, and how often it has published since."""

KEYS, CLUSTERS = "keys", "clusters"
HELD: set[str] = set()
PUBLISHED: list[str] = []
"""A mark for each time that AWS has published newer images of nodes and newer add-ons."""
