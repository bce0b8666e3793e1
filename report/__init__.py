"""The report: one page for those who decide, of environments, their costs, their sizes and their differences.

`make report` writes `report.html`, which needs nothing but itself. It is made from `environments/`, `costs` and
`sizing`, without CDKTF, so that it takes seconds.
"""
