"""Every change of this room."""

from allmende.capabilities.urbandata.actions.catalogue import Described, SeriesData, save_series
from allmende.capabilities.urbandata.actions.observing import Added, Reading, add_observations

__all__ = ["Added", "Described", "Reading", "SeriesData", "add_observations", "save_series"]
