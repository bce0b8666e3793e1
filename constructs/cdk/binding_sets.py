"""The sets of CDKTF and bindings that the project runs on: one table.

- `cdktf`, the default: CDKTF 0.21 and the bindings that HashiCorp prebuilt for it, archived in December 2025.
- `bridge`: the same CDKTF, and bindings of newer providers that CDK Terrain's project built for it.
- `cdktn`: CDK Terrain, the successor, and its bindings.

pyproject.toml pins each as the dependency group of its name. `make synth BINDINGS=<name>` runs on it, as
do `make check` and `make test`, with the files in bindings/<name>/ in the place of the repository's own.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec


@dataclass(frozen=True)
class Binding:
    """The binding of a Terraform provider.

    `package` is its Python package, `scope` that of its npm package. Below `key`, its package.json says which provider
    it was made for.
    """

    package: str
    scope: str
    key: str


@dataclass(frozen=True)
class BindingSet:
    """`core` is the Python package of CDKTF itself, and `bindings` are by provider."""

    name: str
    core: str
    bindings: Mapping[str, Binding]


_PROVIDERS = ("aws", "azurerm", "google", "helm", "kubernetes")
_PREBUILT = {name: Binding(f"cdktf_cdktf_provider_{name}", "@cdktf", "cdktf") for name in _PROVIDERS}
_BRIDGE = {name: Binding(f"cdktn_provider_{name}", "@cdktn", "cdktf") for name in _PROVIDERS}
_SUCCESSOR = {name: Binding(f"cdktn_provider_{name}", "@cdktn", "cdktn") for name in _PROVIDERS}

DEFAULT = BindingSet("cdktf", "cdktf", _PREBUILT)
BINDING_SETS: Mapping[str, BindingSet] = {
    each.name: each
    for each in (
        DEFAULT,
        BindingSet("bridge", "cdktf", {**_BRIDGE, "helm": _PREBUILT["helm"]}),  # there is none of Helm's for CDKTF
        BindingSet("cdktn", "cdktn", _SUCCESSOR),
    )
}
"""By name."""


@cache
def installed_set() -> BindingSet:
    """The set that this Python has, for each has a virtual environment of its own.

    Asked first before imports are renamed. Raises what `whole_set` does.
    """
    return whole_set(lambda package: find_spec(package) is not None)


def whole_set(is_installed: Callable[[str], bool]) -> BindingSet:
    """The one set of which all packages are installed.

    Raises ModuleNotFoundError if there is none, naming what lacks of the set that lacks least; ImportError if there are
    two.
    """
    lacking = {
        each.name: [
            package
            for package in (each.core, *(binding.package for binding in each.bindings.values()))
            if not is_installed(package)
        ]
        for each in BINDING_SETS.values()
    }
    whole = [name for name, packages in lacking.items() if not packages]
    if len(whole) > 1:
        raise ImportError(
            f"the bindings of {' and of '.join(whole)} are installed in one environment: run `make clean`"
        )
    if not whole:
        least = min(lacking.values(), key=len)
        raise ModuleNotFoundError(f"not installed: {', '.join(least)}; run `make setup`", name=least[0])
    return BINDING_SETS[whole[0]]
