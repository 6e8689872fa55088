// Who is in the room, and who of them writes.

import { api, ask, find, me } from './chat-room.js';
import { make } from './chat-text.js';

const people = new Map();
const typists = new Map();

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
  find('people').querySelector('ul').replaceChildren(...sorted.map(person => {
    const line = make('li');
    line.append(make('bdi', '', person.name));
    if (person.id === me.id) line.append(make('small', '', ' you'));
    return line;
  }));
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
