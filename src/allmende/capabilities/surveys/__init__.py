"""Surveys.

The city asks, people answer without their names, and everybody can read what came out: open surveys, surveys by
letters with codes, surveys for people whose residence is confirmed, on the web and on paper. Who took part and what was
said lie apart. The questions themselves are the engine's (`questions`).
"""
