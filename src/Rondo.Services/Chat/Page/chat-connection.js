// The way to the room: a WebSocket, or server-sent events and posts where none is let through. A connection that was
// cut is resumed behind the last event that was seen.

import { outbox } from './chat-outbox.js';
import { readPeople } from './chat-people.js';
import { api, chosenName, find, place, room, tell } from './chat-room.js';

const longestWaitMs = 30_000;
const silenceMs = 25_000;
const deafMs = 40_000;

// What trying again would not change.
const endings = {
  4401: 'Load the page again to go on',
  4403: 'You have been shut out of this room',
  4409: 'Somebody here has this name: choose another',
};

const kinds = [
  'message', 'edit', 'delete', 'purge', 'react', 'unreact', 'room', 'moderation', 'erased', 'lost', 'reset',
];

export const connection = {
  // Takes each event; the page sets it.
  receive() {},

  attempts: 0,
  turnedAway: 0,
  heard: 0,
  socket: null,
  source: null,
  timer: null,

  open() {
    clearTimeout(this.timer);
    this.timer = null;
    show('', 'Connecting');
    if (this.turnedAway < 2) this.connect();
    else this.listen();
  },

  connect() {
    const socket = new WebSocket(`${location.protocol.replace('http', 'ws')}//${location.host}/chat/ws`, 'chat.v1');
    this.socket = socket;
    let wasOpen = false;
    socket.onopen = () => {
      wasOpen = true;
      this.turnedAway = 0;
      this.greet(chosenName());
    };
    socket.onmessage = message => {
      this.heard = Date.now();
      this.receive(JSON.parse(message.data));
    };
    socket.onclose = async ({ code }) => {
      if (this.socket !== socket) return;
      this.cut();
      // The server is there and the socket was not let through: somebody on the way does not know them.
      if (!wasOpen && await isThere()) this.turnedAway++;
      if (!this.socket && !this.source) this.lost(code);
    };
  },

  greet(name) {
    this.send({ type: 'hello', room, after: place.cursor, ...name });
  },

  listen() {
    const source = new EventSource(`${api}/events?after=${place.cursor}`);
    this.source = source;
    source.onopen = () => {
      this.live();
      readPeople();
    };
    source.onerror = () => {
      this.turnedAway = 1;
      this.lost();
    };
    for (const type of kinds) {
      source.addEventListener(
        type, event => this.receive({ ...JSON.parse(event.data), type, next: event.lastEventId }));
    }
  },

  /** All that was missed is here. */
  live() {
    this.attempts = 0;
    show('live', this.source ? 'Live, without WebSockets' : 'Live');
    outbox.isOpen = true;
    outbox.pump();
  },

  lost(code) {
    this.cut();
    clearTimeout(this.timer);
    if (code in endings) {
      show('lost', endings[code]);
      return;
    }
    // Doubling, up to half a minute, and never all at once.
    const wait = Math.min(longestWaitMs, 500 * 2 ** this.attempts++) * (0.5 + Math.random() / 2);
    show('lost', navigator.onLine ? 'Connection lost, trying again' : 'No network');
    this.timer = setTimeout(() => this.open(), wait);
  },

  cut() {
    const { socket, source } = this;
    this.socket = this.source = null;
    socket?.close();
    source?.close();
    outbox.isOpen = false;
    outbox.interrupt();
  },

  /** From where we are now, at once. */
  again() {
    this.cut();
    this.open();
  },

  send(frame) {
    if (this.socket) this.socket.send(JSON.stringify(frame));
    else if (frame.type === 'send') this.post(frame);
  },

  async post({ client_id, text }) {
    const answer = await tell('POST', `${api}/messages`, { client_id, text, ...chosenName() });
    const reply = await answer?.json().catch(() => null);
    const wait = answer ? answer.headers.get('Retry-After') * 1000 : 3000;
    if (answer?.ok) outbox.acknowledge({ ...reply, client_id });
    else outbox.refuse({ detail: reply?.detail ?? 'the server did not say why', client_id, retry_after_ms: wait });
  },

  /** A connection that died without a word shows only when we ask. */
  check() {
    const silence = Date.now() - this.heard;
    if (!this.socket || !outbox.isOpen || silence < silenceMs) return;
    if (silence > deafMs) this.lost();
    else this.send({ type: 'ping' });
  },

  start() {
    outbox.send = frame => this.send(frame);
    this.open();
    setInterval(() => this.check(), 5000);
    addEventListener('online', () => outbox.isOpen || this.again());
    addEventListener('offline', () => this.lost());
    addEventListener('pageshow', ({ persisted }) => persisted && this.again());
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) return;
      if (this.timer) this.again();
      else this.check();
    });
  },
};

const isThere = () => fetch('/healthz', { cache: 'no-store' }).then(answer => answer.ok, () => false);

function show(state, words) {
  const line = find('state');
  line.className = `state ${state}`;
  // What has not changed is not read out again.
  if (line.textContent !== words) line.textContent = words;
}
