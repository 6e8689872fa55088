"""What an operation of asyncio's loop costs: prints one line "NAME NANOSECONDS" of processor time for each.

Usage: python3 loop.py asyncio|uvloop OPERATIONS
"""

import asyncio
import sys
import threading
import time

if sys.argv[1] == "uvloop":
    import uvloop

    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
OPERATIONS = int(sys.argv[2])


async def call_soon():
    loop = asyncio.get_running_loop()
    done = loop.create_future()
    left = OPERATIONS

    def again():
        nonlocal left
        left -= 1
        if left > 0:
            loop.call_soon(again)
        else:
            done.set_result(None)

    loop.call_soon(again)
    await done


async def yield_once():
    for _ in range(OPERATIONS):
        await asyncio.sleep(0)


async def child_task():
    async def child():
        pass

    for _ in range(OPERATIONS):
        await asyncio.create_task(child())


async def timer():
    loop = asyncio.get_running_loop()
    for _ in range(OPERATIONS):
        loop.call_later(3600, print).cancel()


async def post():
    loop = asyncio.get_running_loop()
    done = loop.create_future()
    left = OPERATIONS

    def count():
        nonlocal left
        left -= 1
        if left == 0:
            done.set_result(None)

    def poster():
        for _ in range(OPERATIONS):
            loop.call_soon_threadsafe(count)

    thread = threading.Thread(target=poster)
    thread.start()
    await done
    thread.join()


async def measure(name, operation):
    await operation()
    start = time.process_time_ns()
    await operation()
    print(name, (time.process_time_ns() - start) / OPERATIONS, flush=True)


async def main():
    await measure("callback", call_soon)
    await measure("yield", yield_once)
    await measure("task", child_task)
    await measure("timer", timer)
    await measure("post", post)


asyncio.run(main())
