"""Reports.

Faults and hazards in public space: anybody reports one in half a minute, by map, address or landmark, with or without
a photo, a name or an account, and sees from then on what becomes of it. A report is private until somebody of the city
has checked it; each step of the table in `workflow.py` tells its reporter and its followers in plain words.
"""
