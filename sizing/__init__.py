"""Whether what an environment runs in its cluster fits on the nodes that it pays for, from its file alone."""

from sizing.levels import Level
from sizing.nodes import Pool
from sizing.pods import Pod
from sizing.size import Sizing, size_of

__all__ = ["Level", "Pod", "Pool", "Sizing", "size_of"]
