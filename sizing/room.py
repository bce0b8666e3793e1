"""Processors and memory together: what a pod asks for, and what a node has left."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from environments.field_types import amount

_MIB = 2**20


@dataclass(frozen=True)
class Room:
    """Thousandths of a processor, and MiB of memory."""

    cpu_m: int = 0
    memory_mib: int = 0

    @classmethod
    def of(cls, cpu: str, memory: str) -> Self:
        """From Kubernetes' quantities, such as "250m" and "512Mi"."""
        return cls(int(amount(cpu) * 1000), int(amount(memory) / _MIB))

    def __add__(self, other: "Room") -> "Room":
        return Room(self.cpu_m + other.cpu_m, self.memory_mib + other.memory_mib)

    def __sub__(self, other: "Room") -> "Room":
        return Room(self.cpu_m - other.cpu_m, self.memory_mib - other.memory_mib)

    def __mul__(self, times: int) -> "Room":
        return Room(self.cpu_m * times, self.memory_mib * times)

    def holds(self, other: "Room") -> bool:
        """Whether there is as much of both."""
        return self.cpu_m >= other.cpu_m and self.memory_mib >= other.memory_mib

    def as_json(self) -> dict[str, int]:
        """`{"cpu_m": 250, "memory_mib": 512}`."""
        return {"cpu_m": self.cpu_m, "memory_mib": self.memory_mib}


def total(rooms: Iterable[Room]) -> Room:
    """All together."""
    return sum(rooms, start=Room())
