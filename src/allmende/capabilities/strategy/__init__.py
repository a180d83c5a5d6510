"""Strategy.

Where the city wants to go: fields of action and goals, tied to what people said, to the guidelines of urban
development and to the texts in which the strategy is written. Impulses from other rooms are ordered into goals with a
reason each; what is not taken in gets an answer, too. Texts grow version by version, and who said something is told.
"""
