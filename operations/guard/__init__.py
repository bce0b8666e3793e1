"""What a plan does to what protects: rules over values before and after, as data, and what judges by them.

No policy engine decides it. Checkov, which reviews infra/, judges what is wanted, and not what is lifted. Sentinel runs
in HCP Terraform only. OPA (Conftest) sees before and after, but its rules are programs in a language of their own, the
acceptance by address that must not be left over would be one more of them, and every job that signs in to a cloud would
install one more program. What judges here is small, and what it judges by are tables.
"""
