"""What other rooms may ask of surveys: events (`events`), nothing else yet."""
