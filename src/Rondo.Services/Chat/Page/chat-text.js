// Elements made of text: never of markup.

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const date = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
const graphemes = new Intl.Segmenter();
// As LinkedText has it on the server: neither quotes, brackets of tags and controls, nor what ends a sentence.
const outside = '\\s\\u0000-\\u001f\\u007f-\\u009f<>"\'\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069';
const address = new RegExp(`(?<![\\p{L}\\p{N}_])https?://[^${outside}]*[^${outside}.,:;!?)\\]]`, 'giu');

/** As many characters as a reader counts. */
export const lengthOf = value => [...graphemes.segment(value)].length;

export const initialOf = name => [...graphemes.segment(name)][0]?.segment.toUpperCase() ?? '';

export function make(tag, className = '', content = '') {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.textContent = content;
  return element;
}

export function button(label, act, className = '') {
  const element = make('button', className, label);
  element.type = 'button';
  element.addEventListener('click', act);
  return element;
}

/** The time of day. */
export function timeOf(at) {
  const time = make('time', '', clock.format(new Date(at)));
  time.dateTime = at;
  time.title = new Date(at).toLocaleString();
  return time;
}

export function dayOf(at) {
  const time = make('time', '', date.format(new Date(at)));
  time.dateTime = at;
  return time;
}

export const isSameDay = (one, other) => new Date(one).toDateString() === new Date(other).toDateString();

/** Text, in which addresses of http and https, and no others, can be followed. */
export function write(target, value) {
  const parts = [];
  let end = 0;
  for (const match of value.matchAll(address)) {
    const link = make('a', '', match[0]);
    link.href = match[0];
    link.rel = 'noopener nofollow ugc';
    // With the host in the form that cannot look like another one's.
    link.title = link.href;
    parts.push(value.slice(end, match.index), link);
    end = match.index + match[0].length;
  }
  target.replaceChildren(...parts, value.slice(end));
}

/** One of the six colours of names, the same as the server's. */
export function colourOf(id) {
  let sum = 0;
  for (let i = 0; i < id.length; i++) sum = (Math.imul(sum, 31) + id.charCodeAt(i)) >>> 0;
  return `c${sum % 6}`;
}
