"""What CPython's process pool costs: a round trip of a trivial call, in microseconds; calls per second, 64 ahead."""

import sys
import time
from collections import deque
from concurrent.futures import ProcessPoolExecutor


def double(number):
    return number * 2


def main():
    count = int(sys.argv[1])
    with ProcessPoolExecutor(1) as pool:
        for number in range(count // 10):
            pool.submit(double, number).result()
        start = time.perf_counter()
        for number in range(count):
            pool.submit(double, number).result()
        print("trip", (time.perf_counter() - start) / count * 1e6)
        start = time.perf_counter()
        ahead = deque()
        for number in range(count):
            ahead.append(pool.submit(double, number))
            if len(ahead) == 64:
                ahead.popleft().result()
        for call in ahead:
            call.result()
        print("ahead", count / (time.perf_counter() - start))


if __name__ == "__main__":
    main()
