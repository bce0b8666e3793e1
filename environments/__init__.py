"""Environment files and the model that reads them: what we want, checked before anything is built."""

from environments.faults import EnvironmentFileErrors, Fault
from environments.loading import load_environment, load_environments
from environments.model import Environment

__all__ = ["Environment", "EnvironmentFileErrors", "Fault", "load_environment", "load_environments"]
