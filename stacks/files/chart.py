"""The local chart that installs custom resources, as files."""

from flowwise import custom_resources
from synthesis.tree import MARK

_SOURCE = "constructs/flowwise/custom_resources.py"


def chart_files() -> dict[str, str]:
    """Text by path in the chart's folder. A template's first line is a comment of Helm's, which it leaves out."""
    note = f"{MARK} from {_SOURCE}. Edit that file, not this one."
    return {
        name: f"{{{{/* {note} */ -}}}}\n{text}" if name.startswith("templates/") else f"# {note}\n{text}"
        for name, text in custom_resources.FILES.items()
    }
