"""What the providers say of their types: derived from the bindings, cached, and looked up by the writer."""
