"""CDKTF and its prebuilt bindings."""
