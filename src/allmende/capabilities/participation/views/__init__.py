"""Pages of participation: parse, call an action or a query, answer."""
