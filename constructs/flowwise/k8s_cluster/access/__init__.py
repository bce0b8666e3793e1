"""Who gets into a cluster, whether it is made or there already."""
