"""What is proposed while one types: 200 labelled wishes among 10,000 ideas, against plain trigrams in the same run."""

from harness import City, Run

IDEAS = 10_000


def figures(run: Run, running: City) -> None:
    """How many of those that wish the same are among the first five, and how long one proposal takes."""
    made = running.script("fill_similar.py", str(IDEAS))
    run.keep("similar", made)
    run.figure("similar_recall_at_5", made["recall_at_5"], "of 1", ">=0.7")
    run.figure("similar_over_trigram", made["recall_at_5"] / made["trigram_recall_at_5"], "times", ">1")
    run.figure("similar_p95_ms", 1000 * made["p95"], "ms", "<80")
