"""CDKTF and its prebuilt bindings: the one place that names their packages, and loads them fast.

All else imports what it needs from here: `from cdk.core import Token`, `from cdk.azurerm import ResourceGroup`. To move
to packages of other names is to change this folder.
"""

BINDINGS = {name: f"cdktf_cdktf_provider_{name}" for name in ("aws", "azurerm", "google", "helm", "kubernetes")}
"""By provider: the package of its binding."""
