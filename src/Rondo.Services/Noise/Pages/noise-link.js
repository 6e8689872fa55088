// The way to the server: sends what waits, and after a cut connects again and sends what was not confirmed.

import { device, room } from './noise-device.js';
import { frames } from './noise-frames.js';

const longestWaitMs = 30_000;
const deafMs = 30_000;
const refused = 1008;

// After these the token is worth nothing any more.
const unknown = ['device-token-refused', 'wrong-device', 'no-device', 'no-room'];

export const link = {
  // The page sets these: the state has changed, a frame was sent, the server does not want this device.
  onState() {},
  onSent() {},
  onRefused() {},

  isOpen: false,
  isUnknown: false,
  lastSent: 0,
  socket: null,
  timer: null,
  attempts: 0,
  heard: 0,

  open() {
    clearTimeout(this.timer);
    this.timer = null;
    const address = `${location.protocol.replace('http', 'ws')}//${location.host}/noise/publish`;
    const socket = new WebSocket(address, 'rondo.noise.v1');
    this.socket = socket;
    this.heard = Date.now();
    socket.onopen = () => socket.send(JSON.stringify({
      v: 1, hello: { room, device: device.id, token: device.token, now: new Date().toISOString() },
    }));
    socket.onmessage = ({ data }) => {
      if (this.socket !== socket) return;
      this.heard = Date.now();
      this.take(JSON.parse(data));
    };
    socket.onclose = ({ code, reason }) => {
      if (this.socket !== socket) return;
      this.socket = null;
      this.lost(code, reason);
    };
  },

  take({ hello, ack, error }) {
    if (hello) {
      // Said again when the calibration changes.
      frames.offset = hello.offset ?? null;
      frames.greet(hello.ack);
      if (!this.isOpen) this.lastSent = 0;
      this.isOpen = true;
      this.attempts = 0;
      this.pump();
    } else if (ack !== undefined) {
      frames.acknowledge(ack);
    } else if (error?.code === 'seq-too-low') {
      // Somebody else has spoken for this device: greet anew.
      this.again();
    }
    this.isUnknown = !this.isOpen && unknown.includes(error?.code);
    this.onState(error?.detail);
  },

  /** Sends what waits, if it can go now. */
  pump() {
    if (!this.isOpen) return;
    if (frames.waiting.length && Date.now() - this.heard > deafMs) {
      this.again();
      return;
    }
    for (const frame of frames.after(this.lastSent)) {
      const text = frames.write(frame);
      this.socket.send(text);
      this.lastSent = frames.seqOf(frame);
      this.onSent(text);
    }
  },

  lost(code, reason) {
    this.isOpen = false;
    if (code === refused) {
      this.onRefused(reason, this.isUnknown);
      return;
    }
    // Doubling, up to half a minute, and never all at once.
    const wait = Math.min(longestWaitMs, 500 * 2 ** this.attempts++) * (0.5 + Math.random() / 2);
    this.timer = setTimeout(() => this.open(), wait);
    this.onState();
  },

  /** From where we are now, at once. */
  again() {
    this.close();
    this.open();
  },

  close() {
    const { socket } = this;
    this.socket = null;
    this.isOpen = false;
    clearTimeout(this.timer);
    this.timer = null;
    socket?.close();
  },

  start() {
    this.open();
    addEventListener('online', () => this.timer && this.again());
    document.addEventListener('visibilitychange', () => !document.hidden && this.timer && this.again());
  },
};
