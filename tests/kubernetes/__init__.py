"""What the modules would create inside a cluster, and whether Kubernetes and our policies would accept it."""
