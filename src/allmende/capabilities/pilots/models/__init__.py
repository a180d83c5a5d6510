"""What pilots keep."""

from allmende.capabilities.pilots.models.indicators import Direction, Indicator, Value
from allmende.capabilities.pilots.models.portfolio import Milestone, Pilot

__all__ = ["Direction", "Indicator", "Milestone", "Pilot", "Value"]
