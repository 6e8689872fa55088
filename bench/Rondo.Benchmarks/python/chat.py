"""One room, each text to everybody: chat.py aiohttp|websockets|tornado[-uvloop] PORT."""

import asyncio
import sys

LIBRARY, PORT = sys.argv[1], int(sys.argv[2])
members = set()


def serve_aiohttp():
    from aiohttp import WSMsgType, web

    async def room(request):
        member = web.WebSocketResponse(compress=False)
        await member.prepare(request)
        members.add(member)
        try:
            async for message in member:
                if message.type is WSMsgType.TEXT:
                    for other in tuple(members):
                        await other.send_str(message.data)
        finally:
            members.discard(member)
        return member

    app = web.Application()
    app.router.add_get("/", room)
    web.run_app(app, host="127.0.0.1", port=PORT, backlog=1024, access_log=None, print=None)


async def serve_websockets():
    try:
        from websockets.asyncio.server import broadcast, serve
    except ImportError:
        from websockets import broadcast, serve

    async def room(member):
        members.add(member)
        try:
            async for text in member:
                broadcast(members, text)
        finally:
            members.discard(member)

    async with serve(room, "127.0.0.1", PORT, backlog=1024, compression=None, ping_interval=None):
        await asyncio.Future()


async def serve_tornado():
    from tornado.web import Application
    from tornado.websocket import WebSocketHandler

    class Room(WebSocketHandler):
        def open(self):
            self.set_nodelay(True)
            members.add(self)

        def on_close(self):
            members.discard(self)

        def on_message(self, text):
            for member in members:
                member.write_message(text)

    Application([("/", Room)]).listen(PORT, "127.0.0.1", backlog=1024)
    await asyncio.Event().wait()


if LIBRARY.endswith("-uvloop"):
    import uvloop

    uvloop.install()
if LIBRARY.startswith("aiohttp"):
    serve_aiohttp()
else:
    asyncio.run(serve_websockets() if LIBRARY.startswith("websockets") else serve_tornado())
