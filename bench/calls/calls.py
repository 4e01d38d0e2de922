"""The peer of Python: tuple_length of one integer, n times, per JSON line (bench/rows/calls.ts)."""

import json
import sys
import time

import halcon as ha

for line in sys.stdin:
    n = json.loads(line)["n"]
    start = time.perf_counter()
    for _ in range(n):
        ha.tuple_length([5])
    print(json.dumps({"ms": (time.perf_counter() - start) * 1e3 / n}), flush=True)
