"""Places: finding among 60,000 addresses by words and by a point, and a layer of 20,000 points for a viewport."""

from harness import City, Run, load

ADDRESSES, POINTS, SAID = 60_000, 20_000, 1_000
VIEWS = [
    "/karte/daten/ideen/?bbox=11.95,50.76,12.25,51.00&zoom=11.4",
    "/karte/daten/ideen/?bbox=12.00,50.80,12.18,50.96&zoom=12.3",
    "/karte/daten/ideen/?bbox=12.04,50.84,12.12,50.92&zoom=13.5",
]
"""The whole city and two steps closer; the first holds every point."""
UNCACHED = "Cookie: bench=1\r\n"


def figures(run: Run, running: City) -> None:
    """Words are half of them with a slip of the pen or an abbreviation; each is asked once, one after another."""
    outcome = running.script("places.py", str(ADDRESSES), str(POINTS), str(SAID))
    run.keep("places", outcome)
    run.figure("geocode_p95_ms", outcome["forward_p95_ms"], "ms", "<20")
    run.figure("geocode_found", outcome["found"], "%", ">=97")
    run.figure("geocode_queries", outcome["forward_queries"], "queries", "<=2")
    run.figure("reverse_geocode_p95_ms", outcome["backward_p95_ms"], "ms", "<20")
    run.figure("reverse_geocode_queries", outcome["backward_queries"], "queries", "<=2")
    latency = load("open", running.port, VIEWS, headers=UNCACHED, rate=4, seconds=10.0)
    run.keep("map_layer", latency)
    run.figure("map_layer_p95_ms", latency["p95"] * 1000, "ms", "<60")
