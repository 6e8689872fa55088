// The live half of a room's page. Without it the page posts and loads again; with it the same list follows the room.

import { connection } from './chat-connection.js';
import * as form from './chat-form.js';
import * as list from './chat-list.js';
import { outbox } from './chat-outbox.js';
import { beginTyping, changePeople, endTyping, readPeople } from './chat-people.js';
import { find, follows, me, place } from './chat-room.js';

// Of these one can be in the room without the name that one asked for.
const nameless = ['name-taken', 'unusable-name'];

// What the room keeps, in one sequence.
const kept = {
  message: event => {
    list.append(event);
    if (event.client_id && event.from.id === me.id) outbox.settle(event.client_id);
    endTyping(event.from.id);
  },
  edit: event => list.change(event.target, event.text, event.at),
  delete: event => gone(event.target),
  purge: event => {
    event.targets.forEach(gone);
    // That somebody's reactions are gone as well shows in the counts alone.
    passing.reset();
  },
  react: event => list.react(event.target, event.reaction, true, event.from.id === me.id),
  unreact: event => list.react(event.target, event.reaction, false, event.from.id === me.id),
  room: form.setRoom,
};

// What passes.
const passing = {
  welcome: event => {
    Object.assign(me, event.you);
    if (find('name')) find('name').placeholder = me.name;
    form.setRoom(event);
    readPeople();
  },
  live: event => {
    place.cursor = event.next;
    connection.live();
  },
  reset: async () => {
    // The history is another one now, or no longer reaches back to where we were.
    const page = await list.readAnew();
    if (!page) {
      connection.lost();
      return;
    }
    place.cursor = page.next;
    page.messages.filter(said => said.from.id === me.id).forEach(said => outbox.settle(said.client_id));
    connection.again();
  },
  presence: changePeople,
  typing: beginTyping,
  ack: event => outbox.acknowledge(event),
  error: event => {
    if (!outbox.refuse(event)) form.refuse(event.detail);
    if (!outbox.isOpen && nameless.includes(event.code)) connection.greet({});
  },
};

function gone(seq) {
  form.forgetEdit(seq);
  list.remove(seq);
}

list.adoptAll();
document.querySelector('.rooms [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
if (follows) {
  connection.receive = event => {
    if (event.type in passing) {
      passing[event.type](event);
    } else if (event.seq > place.seq) {
      place.advance(event.seq);
      list.steady(() => kept[event.type]?.(event));
    }
  };
  form.start();
  outbox.restore();
  connection.start();
}
