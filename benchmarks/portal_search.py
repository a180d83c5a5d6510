"""Search over 100,000 documents of 250 words: latency at 20 arrivals a second, and the rate of a full rebuild."""

from urllib.parse import quote_plus

from harness import City, Run, load

DOCUMENTS = 100_000
RATE, SECONDS = 20.0, 20.0
UNCACHED = "Cookie: bench=1\r\n"
"""A cookie that is not a display cookie: the page cache lets such a request pass."""


def figures(run: Run, running: City) -> None:
    """Fills, rebuilds, then asks mixed questions and, apart from them, the most frequent words."""
    made = running.script("fill_search.py", str(DOCUMENTS))
    run.keep("search_filled", {name: made[name] for name in ("documents", "rebuilt", "seconds", "words")})
    run.figure("reindex_per_s", made["rebuilt"] / made["seconds"], "documents/s", ">=800")
    for name, words in (("mixed", made["questions"]), ("frequent", made["frequent"])):
        paths = [f"/suche/?q={quote_plus(question)}" for question in words]
        load("open", running.port, paths, headers=UNCACHED, rate=RATE / 2, seconds=5.0)
        outcome = load("open", running.port, paths, headers=UNCACHED, rate=RATE, seconds=SECONDS)
        run.keep(f"search_{name}", outcome)
        run.figure(f"search_{name}_p95_ms", 1000 * outcome["p95"], "ms", "<50")
