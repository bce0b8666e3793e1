"""What a test has AWS take its time for, until it says otherwise: keys, or clusters."""

KEYS, CLUSTERS = "keys", "clusters"
HELD: set[str] = set()
