"""Pilots.

What the city tries out: the portfolio of pilots from proposal to effect. Each has milestones, from which its traffic
light follows, money, risks in plain words, and indicators with evidence. Goals of the strategy show the indicators that
measure them; what a council decides of a proposal moves it, and whoever had the idea is told.
"""
