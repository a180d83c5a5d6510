"""Every change."""

from allmende.capabilities.strategy.actions.plan import end_goal, save_field, save_goal, save_guideline
from allmende.capabilities.strategy.actions.ties import order_impulses, set_aside, take_out

__all__ = ["end_goal", "order_impulses", "save_field", "save_goal", "save_guideline", "set_aside", "take_out"]
