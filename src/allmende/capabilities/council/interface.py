"""What other rooms may ask of the council: events (`events`), nothing else yet."""
