"""Rules of voting: who may do what, and how votes are counted."""
