"""What a cloud has to allow an account before an environment fits into it, computed from the environment's file."""

from quotas.need import Need, Quota
from quotas.needs import needs_of

__all__ = ["Need", "Quota", "needs_of"]
