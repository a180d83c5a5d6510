"""Council.

What the city council and its committees have before them, who decides it and when, and what was decided: in plain words
for residents, and as OParl 1.1 for programs. It stands beside the city's own council system and mirrors it, or holds
the council's papers itself. Nothing that is not public leaves this room.
"""
