// What one says, changes and takes back.

import { connection } from './chat-connection.js';
import { acts, newestOwn, toEnd, unmark } from './chat-list.js';
import { outbox } from './chat-outbox.js';
import { reacting } from './chat-reactions.js';
import { acts as peopleActs } from './chat-people.js';
import { api, chosenName, find, keepsOrder, longest, room, tell } from './chat-room.js';
import { lengthOf, make } from './chat-text.js';

const typingMs = 3000;
const shownFrom = longest - 300;

const [form, text] = ['form', 'text'].map(find);
let editing = null;
let told = 0;

export function refuse(detail) {
  let line = find('refused');
  if (!line) {
    line = make('p', 'refused');
    line.id = 'refused';
    line.setAttribute('role', 'alert');
    form.prepend(line);
  }
  line.hidden = detail === '';
  line.textContent = detail;
}

/** Other settings of the room. */
export function setRoom({ topic, read_only: isReadOnly }) {
  find('topic').textContent = topic;
  text.disabled = isReadOnly && !keepsOrder();
  text.placeholder = text.disabled ? 'Only moderators write here' : '';
}

/** A message is gone: there is nothing left to change. */
export function forgetEdit(seq) {
  if (editing?.seq === seq) endEdit();
}

export function start() {
  acts.edit = beginEdit;
  acts.remove = message => alter('DELETE', `/messages/${message.seq}`);
  reacting.toggle = (message, reaction, isPut) => isPut
    ? alter('POST', `/messages/${message.seq}/reactions`, { reaction })
    : alter('DELETE', `/messages/${message.seq}/reactions/${encodeURIComponent(reaction)}`);
  peopleActs.order = order => alter('POST', '/moderation', order);
  find('keys').hidden = false;
  form.addEventListener('submit', event => {
    event.preventDefault();
    say();
    text.focus();
  });
  text.addEventListener('keydown', onKey);
  text.addEventListener('input', onInput);
  find('keep').addEventListener('click', endEdit);
  find('name')?.addEventListener('change', rename);
  find('newest').addEventListener('click', () => {
    toEnd();
    text.focus();
  });
}

function onKey(event) {
  if (event.isComposing) return;
  if (event.key === 'Enter' && !event.shiftKey) {
    event.preventDefault();
    say();
  } else if (event.key === 'Escape' && editing) {
    endEdit();
  } else if (event.key === 'ArrowUp' && text.value === '') {
    const message = newestOwn();
    if (!message) return;
    event.preventDefault();
    beginEdit(message);
  }
}

function onInput() {
  count();
  if (outbox.isOpen && text.value !== '' && Date.now() - told > typingMs) {
    told = Date.now();
    connection.send({ type: 'typing', room });
  }
}

function say() {
  const said = text.value;
  const length = lengthOf(said);
  if (said.trim() === '') return;
  refuse(length > longest ? `A message has at most ${longest} characters, not ${length}.` : '');
  if (length > longest) return;
  if (editing) {
    if (said !== editing.text) alter('PATCH', `/messages/${editing.seq}`, { text: said });
    endEdit();
    return;
  }
  text.value = '';
  count();
  told = 0;
  outbox.put(newId(), said);
  toEnd();
  unmark();
}

// A page that came without TLS has no randomUUID.
const newId = () => crypto.randomUUID?.()
  ?? [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, '0')).join('');

async function alter(method, path, content) {
  const answer = await tell(method, api + path, content);
  if (answer?.ok) return;
  refuse((await answer?.json().catch(() => null))?.detail ?? 'That did not reach the server.');
}

function beginEdit(message) {
  editing = message;
  find('editing').hidden = false;
  text.value = message.text;
  count();
  text.focus();
}

function endEdit() {
  editing = null;
  find('editing').hidden = true;
  text.value = '';
  count();
  text.focus();
}

function rename() {
  const wish = chosenName();
  document.cookie =
    `rondo_name=${encodeURIComponent(wish.name ?? '')}; path=/; max-age=31536000; samesite=lax`;
  refuse('');
  if (connection.socket && outbox.isOpen && wish.name) connection.send({ type: 'name', room, ...wish });
  else connection.again();
}

function count() {
  // There are never fewer code units than characters.
  const length = text.value.length > shownFrom ? lengthOf(text.value) : 0;
  find('count').textContent = length > shownFrom ? `${length} of ${longest}` : '';
}
