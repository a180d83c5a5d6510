"""What is proposed while one types: 200 labelled wishes, against plain trigrams in the same run, and among many."""

from harness import City, Run

IDEAS = 10_000


def figures(run: Run, running: City) -> None:
    """How many of those that wish the same are among the first five, and how long it takes; and how many where
    nothing else is there.
    """
    made = running.script("fill_similar.py", str(IDEAS))
    run.keep("similar", made)
    alone, among = made["alone"], made["among"]
    run.figure("similar_recall_at_5", among["recall_at_5"], "of 1", ">=0.7")
    run.figure("similar_over_trigram", among["recall_at_5"] / among["trigram_recall_at_5"], "times", ">1")
    run.figure("similar_recall_alone", alone["recall_at_5"], "of 1", ">=0.7")
    run.figure("similar_p95_ms", 1000 * among["p95"], "ms", "<80")
