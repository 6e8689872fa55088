// Messages that the room has not confirmed. They outlive a lost connection and a reload, and keep their client_id, by
// which the room knows what it has already. One is on its way at a time, so that they are said in the order in which
// they were written.

import { itemOf, steady } from './chat-list.js';
import { find, me, place, room } from './chat-room.js';
import { button, make } from './chat-text.js';

const longestWait = 60_000;
const key = `rondo-chat/${room}`;
const entries = new Map();

export const outbox = {
  // Whether something can be sent, and what sends it; the connection sets both.
  isOpen: false,
  send() {},

  underWay: null,
  pause: null,

  restore() {
    try {
      for (const [id, said] of JSON.parse(sessionStorage.getItem(key) ?? '[]')) this.put(id, said);
    } catch {
      // Nothing that we have written.
    }
  },

  put(id, said) {
    const item = itemOf({ from: me, text: said });
    item.classList.add('waiting');
    item.querySelector('.meta').append(make('span', 'why'));
    entries.set(id, { said, item });
    keep();
    steady(() => find('waiting').append(item));
    this.pump();
  },

  /** Sends what is next, if it can go now. */
  pump() {
    for (const entry of entries.values()) {
      if (!entry.isFailed) note(entry, this.isOpen ? 'sending' : 'waits for the connection');
    }
    if (!this.isOpen || this.underWay || this.pause) return;
    const [id, entry] = [...entries].find(([, { isFailed, isStored }]) => !isFailed && !isStored) ?? [];
    if (!id) return;
    this.underWay = id;
    this.send({ type: 'send', room, client_id: id, text: entry.said });
  },

  /** What was under way may have arrived or not: it goes again. */
  interrupt() {
    clearTimeout(this.pause);
    this.underWay = this.pause = null;
    this.pump();
  },

  acknowledge({ client_id: id, seq }) {
    const entry = entries.get(id);
    if (!entry) return;
    entry.isStored = true;
    // Usually its event settles it; one that we have seen before a cut does not come again.
    if (seq <= place.seq) this.settle(id);
    else this.next(id);
  },

  /** It has its place in the list. */
  settle(id) {
    if (!entries.has(id)) return;
    entries.get(id).item.remove();
    entries.delete(id);
    keep();
    this.next(id);
  },

  /** It was not taken. False when it is none of ours. */
  refuse({ client_id: id, detail, retry_after_ms: wait }) {
    const entry = entries.get(id);
    if (!entry) return false;
    if (wait > 0 && wait <= longestWait) {
      this.pause = setTimeout(() => this.interrupt(), wait);
      return true;
    }
    entry.isFailed = true;
    entry.item.classList.add('failed');
    note(entry, `not sent: ${detail}`);
    const choice = make('span', 'acts');
    choice.append(
      button('Try again', () => {
        entry.isFailed = false;
        entry.item.classList.remove('failed');
        choice.remove();
        this.pump();
      }),
      button('Drop it', () => {
        this.settle(id);
        find('text').focus();
      }));
    entry.item.querySelector('.meta').append(choice);
    this.next(id);
    return true;
  },

  next(id) {
    if (this.underWay === id) this.underWay = null;
    this.pump();
  },
};

function note(entry, words) {
  entry.item.querySelector('.why').textContent = words;
}

function keep() {
  try {
    sessionStorage.setItem(key, JSON.stringify([...entries].map(([id, entry]) => [id, entry.said])));
  } catch {
    // Full or forbidden: they outlive no reload then.
  }
}
