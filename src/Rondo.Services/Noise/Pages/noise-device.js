// Who this device is: by a ticket from the address once, then by the token that the server has given for it.

const main = document.querySelector('.measure');
const key = `rondo-noise/${main.dataset.room}`;
const ticketKey = `${key}/ticket`;

export const room = main.dataset.room;

export const device = {
  id: null,
  token: null,
  name: null,
  ticket: null,

  get isKnown() {
    return Boolean(this.token);
  },

  /** Reads what is kept, and takes a ticket out of the address before anybody can copy it from there. */
  recall() {
    Object.assign(this, read(localStorage, key));
    const ticket = new URLSearchParams(location.hash.slice(1)).get('ticket');
    if (location.hash) history.replaceState(null, '', location.pathname + location.search);
    // It outlives a reload, not the tab.
    if (ticket) write(sessionStorage, ticketKey, { ticket });
    this.ticket = read(sessionStorage, ticketKey).ticket ?? null;
  },

  /** Changes the ticket into a token. Returns null, or the answer that refuses it. */
  async enrol(name) {
    const answer = await fetch('/noise/enrol', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      body: JSON.stringify({ ticket: this.ticket, name }),
    });
    if (!answer.ok) {
      if (answer.status === 410) this.dropTicket();
      return answer;
    }
    const { device: id, token, name: given } = await answer.json();
    Object.assign(this, { id, token, name: given ?? name });
    write(localStorage, key, { id, token, name: this.name });
    this.dropTicket();
    return null;
  },

  forget() {
    this.id = this.token = null;
    remove(localStorage, key);
  },

  dropTicket() {
    this.ticket = null;
    remove(sessionStorage, ticketKey);
  },
};

function read(storage, name) {
  try {
    return JSON.parse(storage.getItem(name)) ?? {};
  } catch {
    return {};
  }
}

function write(storage, name, value) {
  try {
    storage.setItem(name, JSON.stringify(value));
  } catch {
    // Full or forbidden: it lasts as long as the page.
  }
}

function remove(storage, name) {
  try {
    storage.removeItem(name);
  } catch {
    // Was not kept either.
  }
}
