// The messages on the page, ordered by their number in the room and by nothing else.

import { api, ask, editMs, find, follows, keepsOrder, me, room } from './chat-room.js';
import { adoptReactions, countReaction, offer } from './chat-reactions.js';
import { button, colourOf, dayOf, initialOf, isSameDay, make, timeOf, write } from './chat-text.js';

const nearEnd = 40;
const pageSize = 50;
const most = 600;
const pauseMs = 5 * 60_000;

const [log, list] = ['log', 'messages'].map(find);
const title = document.title;
const messages = new Map();
let unread = 0;

/** What the buttons beside a message do; the form sets it. */
export const acts = { edit() {}, remove() {} };

const isAtEnd = () => log.scrollTop > -nearEnd;
const isRead = () => !document.hidden && isAtEnd();

export const toEnd = () => { log.scrollTop = 0; };

/** Changes what is at the end of the list without moving what somebody reads further up. */
export function steady(change) {
  const stay = !isAtEnd();
  const [top, height] = [log.scrollTop, log.scrollHeight];
  change();
  log.scrollTop = stay ? top - (log.scrollHeight - height) : 0;
}

/** A message as a list item, like those that the server has made. */
export function itemOf({ from, text, at }) {
  const item = make('li', 'message');
  const colour = colourOf(from.id);
  const mark = make('span', `mark ${colour}`, initialOf(from.name));
  mark.setAttribute('aria-hidden', 'true');
  const meta = make('p', 'meta');
  meta.append(make('bdi', `who ${colour}`, from.name));
  if (!['guest', 'member'].includes(from.role)) meta.append(make('span', 'role', from.role));
  if (at) meta.append(timeOf(at));
  const body = make('p', 'body');
  body.dir = 'auto';
  const said = make('span', 'text');
  write(said, text);
  body.append(said);
  item.append(mark, meta, body);
  return item;
}

/** Takes over what the server has put on the page. */
export function adoptAll() {
  for (const item of list.querySelectorAll('.message')) {
    const said = item.querySelector('.text');
    const from = { id: item.dataset.from, name: item.querySelector('.who').textContent, role: item.dataset.role };
    const at = item.querySelector('.meta time').dateTime;
    item.querySelectorAll('time').forEach(shown => shown.replaceWith(timeOf(shown.dateTime)));
    write(said, said.textContent);
    adopt(item, { seq: Number(item.dataset.seq), at, from, text: said.textContent });
  }
  joinAll();
  if (find('earlier').querySelector('a')) offerEarlier(true);
}

/** Puts a new message in its place. */
export function append(message) {
  if (messages.has(message.seq)) return;
  insert(message);
  join(message.item);
  countNew(message);
  forget();
}

/** Reads the newest messages in the place of all that are here. Returns the page, or null when there is none. */
export async function readAnew() {
  const page = await ask(`${api}/messages?limit=${pageSize}`);
  if (page) {
    messages.clear();
    list.replaceChildren();
    page.messages.forEach(insert);
    joinAll();
    offerEarlier(page.messages.length === pageSize);
  }
  return page;
}

export function change(seq, text, at) {
  const message = messages.get(seq);
  if (!message || message.isGone) return;
  message.text = text;
  write(message.item.querySelector('.text'), text);
  noteEdit(message, at);
}

export function react(seq, reaction, isPut, isMine) {
  const message = messages.get(seq);
  if (message && !message.isGone) countReaction(message, reaction, isPut, isMine);
}

export function remove(seq) {
  const message = messages.get(seq);
  if (!message || message.isGone) return;
  message.isGone = true;
  message.item.classList.add('gone');
  message.item.querySelector('.acts')?.remove();
  message.item.querySelector('.reactions')?.remove();
  message.item.querySelector('.body').replaceChildren('deleted');
}

export const canEdit = message =>
  message.from.id === me.id && !message.isGone && Date.now() - new Date(message.at) < editMs;

/** The newest message that can be changed. */
export const newestOwn = () => [...messages.values()].filter(canEdit).pop();

/** What one has seen needs no mark. */
export function unmark() {
  list.querySelector('.new')?.remove();
}

function insert(message) {
  const item = itemOf(message);
  item.id = `m${message.seq}`;
  adopt(item, message);
  if (message.edited) noteEdit(message, message.edited);
  let before = list.lastElementChild;
  while (before && !(Number(before.dataset.seq) < message.seq)) before = before.previousElementSibling;
  if (before) before.after(item);
  else list.prepend(item);
}

function adopt(item, message) {
  item.dataset.seq = message.seq;
  message.item = item;
  messages.set(message.seq, message);
  adoptReactions(message);
  if (!follows) return;
  const shown = make('span', 'acts');
  shown.append(offer(message));
  if (canEdit(message)) shown.append(button('Edit', () => acts.edit(message)));
  if (message.from.id === me.id || keepsOrder()) shown.append(removerOf(message));
  item.querySelector('.meta').append(shown);
}

function removerOf(message) {
  const remover = button('Delete', () => {
    if (remover.textContent === 'Delete') remover.textContent = 'Really delete?';
    else acts.remove(message);
  });
  remover.addEventListener('blur', () => { remover.textContent = 'Delete'; });
  return remover;
}

function noteEdit(message, at) {
  const body = message.item.querySelector('.body');
  body.querySelector('.edited')?.remove();
  const note = make('small', 'edited', ' edited ');
  note.append(timeOf(at));
  body.append(note);
}

/** One line for each day, and one name for what one person says in one go: how a message stands to the one before. */
function join(item) {
  let above = item.previousElementSibling;
  if (above?.matches('.day')) {
    above.remove();
    above = item.previousElementSibling;
  }
  const message = messages.get(Number(item.dataset.seq));
  const last = above?.matches('.new') ? above.previousElementSibling : above;
  const before = last && messages.get(Number(last.dataset.seq));
  const isNewDay = !before || !isSameDay(before.at, message.at);
  if (isNewDay) {
    const line = make('li', 'day');
    line.append(dayOf(message.at));
    item.before(line);
  }
  item.classList.toggle('more', !isNewDay && above === before.item && before.from.id === message.from.id
    && before.from.name === message.from.name && new Date(message.at) - new Date(before.at) < pauseMs);
}

function joinAll() {
  list.querySelectorAll('.day').forEach(line => line.remove());
  list.querySelectorAll('.message').forEach(join);
}

/** A page that is open for days keeps what its reader may look at, not everything. */
function forget() {
  if (messages.size <= most || !isAtEnd()) return;
  for (const [seq, message] of [...messages].sort(([one], [other]) => one - other).slice(0, most / 3)) {
    message.item.remove();
    messages.delete(seq);
  }
  joinAll();
  offerEarlier(true);
}

function offerEarlier(hasSome) {
  const link = make('a', '', 'Earlier messages');
  link.href = `/chat/${room}?before=${Math.min(...messages.keys())}`;
  link.addEventListener('click', showEarlier);
  find('earlier').replaceChildren(hasSome ? link : 'This is where the room begins.');
}

async function showEarlier(event) {
  event.preventDefault();
  const page = await ask(`${api}/messages?before=${Math.min(...messages.keys())}&limit=${pageSize}`);
  if (!page) return;
  // Old messages are not read out as if they were news.
  const region = list.parentElement;
  region.setAttribute('aria-live', 'off');
  page.messages.forEach(insert);
  joinAll();
  requestAnimationFrame(() => region.removeAttribute('aria-live'));
  offerEarlier(page.messages.length === pageSize);
  log.focus();
}

function countNew(message) {
  if (message.from.id === me.id || isRead()) return;
  if (unread++ === 0) {
    unmark();
    message.item.before(make('li', 'new', 'New'));
  }
  showNew();
}

function showNew() {
  const jump = find('newest');
  jump.hidden = !follows || isAtEnd();
  jump.textContent = unread > 0 ? `${unread} new` : 'Newest';
  document.title = unread > 0 ? `(${unread}) ${title}` : title;
}

function read() {
  if (isRead()) unread = 0;
  showNew();
}

log.addEventListener('scroll', read, { passive: true });
document.addEventListener('visibilitychange', read);
