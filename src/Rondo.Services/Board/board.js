// Keeps the board up to date, and says so when it cannot. Everything that is shown is in the page already: this only
// replaces the pieces that have changed, and keeps clock and ages right.

const silenceMs = 15_000;
const longestWaitMs = 15_000;
const dayMs = 24 * 3600 * 1000;
const shapes = {
  live: 'M6 1.2a4.8 4.8 0 1 1 0 9.6 4.8 4.8 0 0 1 0-9.6Z',
  lost: 'M6 1.1 11.5 10.9H.5Z',
};

const board = document.getElementById('board');
const words = board.dataset;
const link = document.getElementById('link');
const clock = document.getElementById('clock');
const isKiosk = 'kiosk' in words;
const time = new Intl.DateTimeFormat('de-DE', { hour: '2-digit', minute: '2-digit', timeZone: zone(words.zone) });

let source = null;
let timer = null;
let attempts = 0;
let heard = 0;
let state = '';
const began = Date.now();

// How far this machine's clock is behind the server's: ages are by the server's.
let behind = Date.parse(words.at) - Date.now();
let shownAt = Date.parse(words.at);

function zone(name) {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return name;
  } catch {
    return 'UTC';
  }
}

const now = () => Date.now() + behind;

const fill = (template, value) => template.replace('{0}', value);

function lasting(kind, ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (kind === 'age' && seconds < 5) return words.ageNow;
  if (seconds < 60) return fill(words[`${kind}Seconds`], seconds);
  if (seconds < 3600) return fill(words[`${kind}Minutes`], Math.floor(seconds / 60));
  if (seconds < 48 * 3600) return fill(words[`${kind}Hours`], Math.floor(seconds / 3600));
  return fill(words[`${kind}Days`], Math.floor(seconds / 86400));
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function age(within) {
  for (const element of within.querySelectorAll('time.age, time.span')) {
    write(element, lasting(element.className, now() - Date.parse(element.dateTime)));
  }
}

function tick() {
  age(board);
  clock.hidden = false;
  write(clock, time.format(now()));
  if (state === 'live' && Date.now() - heard > silenceMs) lost();
  // A page that hangs for months begins anew once a day, while it can.
  if (isKiosk && state === 'live' && Date.now() - began > dayMs) location.reload();
}

function show(next, text) {
  state = next;
  link.classList.toggle('is-live', next === 'live');
  link.classList.toggle('is-lost', next === 'lost');
  board.classList.toggle('is-cut', next === 'lost');
  link.querySelector('path').setAttribute('d', next === 'lost' ? shapes.lost : shapes.live);
  write(link.querySelector('span'), text);
}

function take(event) {
  const { at, layout, pieces } = JSON.parse(event.data);
  heard = Date.now();
  attempts = 0;
  shownAt = Date.parse(at);
  behind = shownAt - heard;
  if (layout !== words.layout) {
    again();
    return;
  }
  words.cursor = event.lastEventId;
  for (const element of board.querySelectorAll('[data-piece]')) {
    const content = pieces[element.dataset.piece];
    if (content === undefined) continue;
    element.innerHTML = content;
    age(element);
  }
  if (state !== 'live') show('live', words.linkLive);
}

/** Another set of rooms or tiles: the page as a whole, but never in a circle. */
function again() {
  const last = Number(sessionStorage.getItem('board-again'));
  if (Date.now() - last < 10_000) return;
  sessionStorage.setItem('board-again', String(Date.now()));
  location.reload();
}

function open() {
  clearTimeout(timer);
  source?.close();
  if (state !== 'lost') show('connecting', words.linkConnecting);
  source = new EventSource(`/board/stream?lang=${words.lang}&after=${words.cursor}`);
  source.addEventListener('board', take);
  source.onerror = lost;
  heard = Date.now();
}

function lost() {
  source?.close();
  source = null;
  clearTimeout(timer);
  show('lost', fill(words.linkLost, time.format(shownAt)));
  // Doubling, and never all screens at once.
  const wait = Math.min(longestWaitMs, 500 * 2 ** attempts++) * (0.5 + Math.random() / 2);
  timer = setTimeout(open, wait);
}

/** A screen that hangs on a wall stays on. Browsers allow it over https, or on this machine. */
async function stayOn() {
  if (!isKiosk || document.hidden || !navigator.wakeLock) return;
  try {
    await navigator.wakeLock.request('screen');
  } catch {
    // It is not allowed, or the battery is low: the screen's own settings count.
  }
}

open();
tick();
setInterval(tick, 1000);
stayOn();
addEventListener('online', () => state === 'live' || open());
addEventListener('offline', lost);
addEventListener('pageshow', ({ persisted }) => persisted && open());
document.addEventListener('visibilitychange', () => {
  if (document.hidden) return;
  stayOn();
  if (state !== 'live') open();
});
