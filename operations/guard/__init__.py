"""What a plan does to what protects: rules over values before and after, as data, and what judges by them.

No policy engine decides it. Checkov, which reviews infra/, judges what is wanted, and not what is lifted. Sentinel runs
in HCP Terraform only. OPA (Conftest) sees before and after, but its rules are programs in a language of their own, the
acceptance by address that must not be left over would be one more of them, and every job that signs in to a cloud would
install one more program. What judges here is small, and what it judges by are tables.

Judged is by what is deployed, and not by what the change says of it: the prior state has the values, and whether they
were protected. Two things that state cannot tell, and main's history does (`history.py`): the rules that the change
takes away, and the state itself, where the change has Terraform look at another. Who changes these very programs is
held off by no program here, but by who has to approve it; plans name the files.
"""
