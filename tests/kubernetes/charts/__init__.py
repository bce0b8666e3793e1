"""The charts of other projects, rendered by Helm with the values that they are given, where their sources are."""
