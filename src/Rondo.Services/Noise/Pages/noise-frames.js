// What was measured and not yet confirmed: ten minutes of it, then the oldest is given up. Sequences follow what the
// server has of this device, which is known once it has greeted; the calibration is added when a frame is sent.

import { device, room } from './noise-device.js';

const key = `rondo-noise/${room}/waiting`;
const mostMs = 600_000;
const gapMs = 1000;
const uncalibrated = 120;
const lowRate = 22_050;
const [lowest, highest, highestPeak] = [-20, 150, 180];

export const frames = {
  waiting: [],
  givenUp: 0,
  index: 0,
  base: 0,
  isGreeted: false,

  // dB that the server adds for this device; null while it is not calibrated.
  offset: null,

  // Samples per second that the microphone really has, and whether something changes what it hears.
  rate: 0,
  isProcessed: false,

  clock: null,

  /** For a reload: what waits, and with which sequences. */
  keep() {
    const { waiting, index, base, isGreeted } = this;
    try {
      sessionStorage.setItem(key, JSON.stringify({ owner: device.id, waiting, index, base, isGreeted }));
    } catch {
      // Full or forbidden: it is lost then.
    }
  },

  restore() {
    try {
      const { owner, ...kept } = JSON.parse(sessionStorage.getItem(key));
      if (owner === device.id) Object.assign(this, kept);
    } catch {
      // Nothing was kept.
    }
  },

  add(second) {
    const { rate, isProcessed } = this;
    this.waiting.push({ ...second, index: ++this.index, start: this.startOf(Date.now()), rate, isProcessed });
    while (this.waiting[0].start <= Date.now() - mostMs) {
      this.waiting.shift();
      this.givenUp++;
    }
  },

  // Sound arrives in gusts and its clock drifts: seconds lie side by side, moved by a thousandth towards the clock
  // here.
  startOf(now) {
    let start = now - 1000;
    if (this.clock !== null && Math.abs(start - this.clock) < gapMs) {
      start = this.clock + Math.max(-1, Math.min(1, start - this.clock));
    }
    this.clock = start + 1000;
    return start;
  },

  seqOf(frame) {
    return this.base + frame.index;
  },

  greet(ack) {
    if (!this.isGreeted || ack > this.base + this.index) {
      this.isGreeted = true;
      this.base = ack - (this.waiting.length ? this.waiting[0].index - 1 : this.index);
    } else {
      this.acknowledge(ack);
    }
  },

  acknowledge(ack) {
    while (this.waiting.length && this.seqOf(this.waiting[0]) <= ack) this.waiting.shift();
  },

  after(seq) {
    return this.waiting.filter(frame => this.seqOf(frame) > seq);
  },

  /** dB(A) of a level below full scale. */
  calibrated(level, most = highest) {
    const sum = level + (this.offset ?? uncalibrated);
    return Math.round(10 * Math.max(lowest, Math.min(most, sum))) / 10;
  },

  /** What to say about a second. */
  flagsOf(second) {
    const flags = [];
    if (this.offset === null) flags.push('uncalibrated');
    if (second.isProcessed) flags.push('processed');
    if (second.isClipped) flags.push('clipped');
    if (second.isMuted) flags.push('muted');
    if (second.rate < lowRate) flags.push('low-rate');
    return flags;
  },

  /** A frame as it is sent: these members and no others. */
  write(frame) {
    const laeq = frame.isMuted ? null : this.calibrated(frame.laeq);
    return JSON.stringify({
      v: 1,
      room,
      device: device.id,
      seq: this.seqOf(frame),
      t0: new Date(frame.start).toISOString(),
      dur: 1,
      laeq,
      lafmax: frame.isMuted ? null : Math.max(laeq, this.calibrated(frame.lafmax)),
      lcpeak: frame.isMuted ? null : this.calibrated(frame.lcpeak, highestPeak),
      flags: this.flagsOf(frame),
      fs: frame.rate,
    });
  },
};
