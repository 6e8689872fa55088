// One room on ws: each text goes to everybody. node chat.mjs PORT
import { WebSocketServer } from "ws";

const server = new WebSocketServer({
  host: "127.0.0.1",
  port: Number(process.argv[2]),
  backlog: 1024,
  perMessageDeflate: false,
});
server.on("connection", (socket) => {
  socket.on("error", () => {});
  socket.on("message", (text) => {
    for (const client of server.clients) {
      client.send(text, { binary: false });
    }
  });
});
