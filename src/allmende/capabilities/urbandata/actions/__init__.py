"""Every change of this room."""

from allmende.capabilities.urbandata.actions.catalogue import Described, SeriesData, save_series
from allmende.capabilities.urbandata.actions.observing import AHEAD, EARLIEST, Added, Reading, add_observations

__all__ = ["AHEAD", "EARLIEST", "Added", "Described", "Reading", "SeriesData", "add_observations", "save_series"]
