import time, pytest, cProfile, pstats
@pytest.mark.django_db
def test_t():
    from tests.walk import deliver_all
    from django.core.management import call_command
    from io import StringIO
    t=time.perf_counter(); p=cProfile.Profile(); 
    call_command("start_city"); print("start", time.perf_counter()-t); t=time.perf_counter()
    p.enable()
    call_command("seed", stdout=StringIO()); print("seed", time.perf_counter()-t); t=time.perf_counter()
    n=deliver_all(); print("deliver", n, time.perf_counter()-t)
    p.disable(); pstats.Stats(p).sort_stats("cumulative").print_stats(60)
