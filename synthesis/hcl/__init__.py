"""The HCL writer: blocks, of expressions, of tokens, laid out as `terraform fmt` does."""
