"""Keep one CPU core busy, and say how much work got done."""
import math
import signal
import sys
import time

WINDOW_SECONDS = 1


def stop(signum, frame):
    sys.exit(0)


# In a container this program is process 1, and the kernel drops a SIGTERM
# sent to process 1 unless it has a handler: `docker stop` would have to wait
# ten seconds and kill it. SIGINT is Ctrl-C.
signal.signal(signal.SIGTERM, stop)
signal.signal(signal.SIGINT, stop)

count = 0
started = time.monotonic()  # unlike time.time(), never jumps

while True:
    math.factorial(100000)
    count += 1
    now = time.monotonic()
    elapsed = now - started
    if elapsed >= WINDOW_SECONDS:
        # A window ends with the calculation that crosses the second, so it is
        # a little longer than a second. At 10 % of a core one calculation can
        # take most of a second: the bare count would then be 1 or 2 and would
        # hide the real speed. Count divided by elapsed time is exact.
        print(f"{count} calculations, {count / elapsed:.3f} per second", flush=True)
        count = 0
        started = now
