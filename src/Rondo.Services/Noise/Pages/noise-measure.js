// The measuring page: what it may do, what it measures, what it has sent.

import { device, room } from './noise-device.js';
import { frames } from './noise-frames.js';
import { link } from './noise-link.js';
import { microphone } from './noise-microphone.js';

const find = id => document.getElementById(id);
const main = document.querySelector('.measure');
const texts = JSON.parse(main.dataset.texts);
const [quiet, loud] = [20, 110];
const failures = { NotAllowedError: 'denied', NotFoundError: 'no-microphone' };
let isMeasuring = false;
let sent = 0;
let lastFlags = '';

const number = value => value.toLocaleString(main.lang, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

// What has not changed is not read out again.
function say(id, words) {
  const place = find(id);
  if (place.textContent !== words) place.textContent = words;
}

function complain(words) {
  find('trouble').hidden = !words;
  say('trouble', words ?? '');
}

function show(id, isShown) {
  find(id).hidden = !isShown;
}

/** Why there can be no microphone here at all, or null. */
function obstacle() {
  if (!isSecureContext) return 'insecure';
  if (!navigator.mediaDevices?.getUserMedia || !window.AudioWorkletNode) return 'unsupported';
  if (!device.isKnown && !device.ticket) return 'unknown';
  return null;
}

function refresh(problem) {
  const { trouble } = microphone;
  const state = !isMeasuring ? 'off' : trouble || (link.isOpen ? 'on' : 'waiting');
  main.dataset.state = state;
  say('sign', texts[`sign-${state}`]);
  say('sent-count', String(sent));
  say('waiting', frames.givenUp
    ? `${frames.waiting.length} (${texts['given-up'].replace('{0}', frames.givenUp)})`
    : String(frames.waiting.length));
  if (isMeasuring) {
    say('rate', `${number(frames.rate / 1000)} kHz`);
    say('microphone', microphone.label || '–');
  }
  if (problem) complain(problem);
}

function showFlags(flags) {
  const key = flags.join();
  if (key === lastFlags) return;
  lastFlags = key;
  find('quality').replaceChildren(...flags.map(flag => {
    const item = document.createElement('li');
    item.textContent = texts[`flag-${flag}`];
    return item;
  }));
}

// Where on the scale.
function shareOf(level) {
  return Math.max(0, Math.min(1, (level - quiet) / (loud - quiet)));
}

function showLevel(fast) {
  const level = frames.calibrated(fast);
  find('level').textContent = Number.isFinite(fast) ? number(level) : '–';
  find('bar').style.setProperty('--share', shareOf(level));
  find('bar').dataset.is = level > main.dataset.loud ? 'loud' : level > main.dataset.goal ? 'goal' : 'ok';
}

async function begin() {
  find('start').disabled = true;
  complain();
  try {
    await microphone.start();
    if (!device.isKnown && !await enrol()) {
      microphone.stop();
      return;
    }
    isMeasuring = true;
    show('before', false);
    show('during', true);
    find('level').closest('.reading').focus();
    link.start();
  } catch (error) {
    microphone.stop();
    complain(texts[failures[error.name] ?? 'failed'].replace('{0}', error.message));
  } finally {
    find('start').disabled = false;
    refresh();
  }
}

async function enrol() {
  const answer = await device.enrol(find('name').value.trim() || texts['some-device']).catch(() => 'none');
  if (!answer) return true;
  const detail = answer === 'none' ? texts['no-server'] : (await answer.json().catch(() => null))?.detail;
  complain(answer.status === 410 ? texts['ticket-over'] : detail ?? texts['no-server']);
  return false;
}

function end(reason) {
  isMeasuring = false;
  microphone.stop();
  link.close();
  show('before', true);
  show('during', false);
  find('level').textContent = '–';
  complain(reason);
  refresh();
}

async function calibrate(event) {
  event.preventDefault();
  say('calibrated', '');
  const answer = await fetch(`/noise/rooms/${room}/calibrate`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json', Accept: 'application/json', Authorization: `Bearer ${device.token}`,
    },
    body: JSON.stringify({ reference_db: find('reference').valueAsNumber }),
  }).catch(() => null);
  const reply = await answer?.json().catch(() => null);
  if (answer?.ok) {
    frames.offset = reply?.offset ?? frames.offset;
    say('calibrated', texts.calibrated);
  } else {
    say('calibrated', reply?.detail ?? texts['no-server']);
  }
}

microphone.onFast = showLevel;
microphone.onSecond = second => {
  frames.add(second);
  showFlags(frames.flagsOf(frames.waiting.at(-1)));
  link.pump();
  refresh();
};
microphone.onChange = () => {
  Object.assign(frames, { rate: microphone.rate, isProcessed: microphone.isProcessed });
  refresh();
};
link.onState = refresh;
link.onSent = text => {
  sent++;
  find('sent').textContent = text;
};
link.onRefused = (reason, isUnknown) => {
  if (isUnknown) device.forget();
  end(`${texts[isUnknown ? 'refused' : 'ended']} ${reason}`);
};

find('bar').style.setProperty('--goal', shareOf(main.dataset.goal));
find('bar').style.setProperty('--loud', shareOf(main.dataset.loud));
device.recall();
frames.restore();
const trouble = obstacle();
find('start').hidden = Boolean(trouble);
show('naming', !trouble && !device.isKnown);
show('known', device.isKnown);
if (device.isKnown) say('known', texts.known.replace('{0}', device.name));
if (trouble) complain(texts[trouble].replace('{0}', location.host));
find('start').addEventListener('click', begin);
find('stop').addEventListener('click', () => end());
find('calibration').addEventListener('submit', calibrate);
addEventListener('pagehide', () => frames.keep());
refresh();
