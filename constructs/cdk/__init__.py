"""CDKTF and its prebuilt bindings: the one place that names their packages, and loads them fast.

All else imports what it needs from here: `from cdk.core import Token`, `from cdk.azurerm import ResourceGroup`. The
imports here bear the names of the default set, by which another that is installed is found (`binding_sets.py`).
"""
