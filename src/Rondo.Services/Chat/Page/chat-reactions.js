// What people put to a message: one emoji each, counted.

import { follows } from './chat-room.js';
import { button, make } from './chat-text.js';

// What can be put to a message that has nothing yet; the rest comes from other clients.
const offered = '👍';

/** What a click does; the form sets it. */
export const reacting = { toggle() {} };

/** Takes over what the server has put into a message. */
export function adoptReactions(message) {
  const shown = [...message.item.querySelectorAll('.reactions li')];
  message.reactions = shown.length > 0
    ? shown.map(({ dataset }) => ({
      reaction: dataset.reaction, count: Number(dataset.count), mine: 'mine' in dataset,
    }))
    : message.reactions ?? [];
  draw(message);
}

/** Somebody has reacted, or taken it back. */
export function countReaction(message, reaction, isPut, isMine) {
  const kept = message.reactions.find(kind => kind.reaction === reaction);
  const kind = kept ?? { reaction, count: 0, mine: false };
  if (!kept) message.reactions.push(kind);
  kind.count += isPut ? 1 : -1;
  if (isMine) kind.mine = isPut;
  message.reactions = message.reactions.filter(({ count }) => count > 0);
  draw(message);
}

/** The button that puts the first. */
export function offer(message) {
  const shown = button(offered, () => toggle(message, offered));
  shown.setAttribute('aria-label', `React with ${offered}`);
  return shown;
}

function toggle(message, reaction) {
  const mine = message.reactions.some(kind => kind.reaction === reaction && kind.mine);
  reacting.toggle(message, reaction, !mine);
}

function draw(message) {
  message.item.querySelector('.reactions')?.remove();
  if (message.reactions.length === 0 || message.isGone) return;
  const list = make('ul', 'reactions');
  list.setAttribute('aria-label', 'Reactions');
  for (const { reaction, count, mine } of message.reactions) {
    const item = make('li');
    const words = `${reaction} ${count}`;
    if (follows) {
      const chip = button(words, () => toggle(message, reaction), 'chip');
      chip.setAttribute('aria-pressed', mine);
      item.append(chip);
    } else {
      item.append(make('span', 'chip', words));
    }
    list.append(item);
  }
  message.item.append(list);
}
