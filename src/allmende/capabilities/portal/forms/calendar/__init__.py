"""Forms of the calendar: registering, and what organisers fill in."""
