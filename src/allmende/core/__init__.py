"""What every room stands on: references, actors, errors, actions, events, audit, manifests, city settings.

Small on purpose. Nothing here knows a capability; what lies below but needs what lies above goes through the
registry of manifests (`core.manifest`).
"""
