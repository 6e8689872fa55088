// Who is in the room, and who of them writes.

import { api, ask, find, keepsOrder, me } from './chat-room.js';
import { button, make } from './chat-text.js';

const orders = [
  { label: 'Mute', sure: 'Mute for 10 min?', order: { action: 'mute', for: '10m' } },
  { label: 'Kick', sure: 'Really kick?', order: { action: 'kick' } },
  { label: 'Ban', sure: 'Ban for good?', order: { action: 'ban' } },
];

const people = new Map();
const typists = new Map();

const restMs = 300;

/** What the buttons beside a name do; the form sets it. */
export const acts = { order() {} };

export async function readPeople() {
  const here = await ask(`${api}/presence`);
  if (!here) return;
  people.clear();
  changePeople({ joined: here.present, left: [] });
}

export function changePeople({ joined, left }) {
  joined.forEach(person => people.set(person.id, person));
  left.forEach(id => people.delete(id));
  const sorted = [...people.values()].sort((one, other) => one.name.localeCompare(other.name));
  find('people').hidden = false;
  find('here').textContent = `${sorted.length} here`;
  showLines(sorted);
}

// Who stays keeps their line: one that is replaced takes the focus, and a question that waits for its answer, with it.
function showLines(sorted) {
  const list = find('people').querySelector('ul');
  const old = new Map([...list.children].map(line => [line.key, line]));
  const lines = sorted.map(person => old.get(lineKey(person)) ?? lineOf(person));
  const kept = new Set(lines);
  [...list.children].forEach(line => kept.has(line) || line.remove());
  lines.forEach((line, place) => {
    if (list.children[place] !== line) list.insertBefore(line, list.children[place] ?? null);
  });
}

const lineKey = person => JSON.stringify([person.id, person.name, person.id === me.id, keepsOrder()]);

function lineOf(person) {
  const line = make('li');
  line.key = lineKey(person);
  line.append(make('bdi', '', person.name));
  if (person.id === me.id) line.append(make('small', '', ' you'));
  else if (keepsOrder()) line.append(ordersOver(person));
  return line;
}

/** Each asks once more before it does anything. */
function ordersOver(person) {
  const shown = make('span', 'orders');
  shown.append(...orders.map(({ label, sure, order }) => {
    const rest = () => { giver.textContent = label; };
    const giver = button(label, () => {
      if (giver.textContent === label) {
        giver.textContent = sure;
        return;
      }
      rest();
      acts.order({ ...order, who: person.id });
    }, 'plain');
    // Not at once: a button must not move away under the pointer that presses it.
    giver.addEventListener('blur', () => setTimeout(rest, restMs));
    return giver;
  }));
  return shown;
}

export function beginTyping({ from, for_ms: life }) {
  if (from.id === me.id) return;
  clearTimeout(typists.get(from.id)?.timer);
  typists.set(from.id, { name: from.name, timer: setTimeout(() => endTyping(from.id), life) });
  showTyping();
}

export function endTyping(id) {
  clearTimeout(typists.get(id)?.timer);
  if (typists.delete(id)) showTyping();
}

function showTyping() {
  // A name from right to left does not turn the sentence around.
  const names = [...typists.values()].map(person => `\u2068${person.name}\u2069`);
  find('typing').textContent = names.length === 0 ? ''
    : names.length === 1 ? `${names[0]} is typing`
    : names.length === 2 ? `${names.join(' and ')} are typing`
    : 'Several people are typing';
}
