"""For how long logs are kept, in days."""

LOG_DAYS = 30
"""Of a service, unless its module is told otherwise."""

FLOW_LOG_DAYS = 365
"""Of the network's traffic on AWS: checkov's CKV_AWS_338 asks for a year."""

REGISTRY_LOG_DAYS = 90
"""Of a registry on Azure, as it has no variable for it."""
