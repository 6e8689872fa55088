// What the page knows of its room and of who reads it.

export const find = id => document.getElementById(id);

const main = document.querySelector('.chat');

export const room = main.dataset.room;
export const api = `/chat/rooms/${room}`;
export const longest = Number(main.dataset.most);

/** Whether the page follows the room; one that shows older messages alone does not. */
export const follows = !('past' in main.dataset);

/** Who reads: another name and role may come from the room. */
export const me = { id: main.dataset.me, name: main.dataset.name, role: main.dataset.role };

export const keepsOrder = () => ['mod', 'owner'].includes(me.role);

/** How long one's own messages can be changed. */
export const editMs = Number(main.dataset.editable) * 1000;

/** Where we are: behind the newest event that was seen, in the history that it belongs to. */
export const place = {
  cursor: main.dataset.cursor,

  get seq() {
    return Number(this.cursor.slice(this.cursor.lastIndexOf('-') + 1));
  },

  advance(seq) {
    this.cursor = this.cursor.slice(0, this.cursor.lastIndexOf('-') + 1) + seq;
  },
};

/** What the server has at a path; null when it has not, or is not there. */
export async function ask(path) {
  const answer = await fetch(path, { headers: { Accept: 'application/json' } }).catch(() => null);
  return answer?.ok ? answer.json() : null;
}

/** The answer to a change, or null when none came. */
export function tell(method, path, content) {
  const token = document.cookie.match(/(?:^|; )rondo_csrf=([0-9a-f]+)/)?.[1];
  return fetch(path, {
    method,
    headers: {
      'Content-Type': 'application/json', Accept: 'application/json',
      ...token && { 'X-CSRF-Token': token },
    },
    body: content && JSON.stringify(content),
  }).catch(() => null);
}

/** The name that one has chosen, as a frame and a post carry it. */
export function chosenName() {
  const name = find('name')?.value.trim();
  return name ? { name } : {};
}
