"""What other rooms' events and the own ones set off here."""
