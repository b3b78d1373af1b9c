// The board under a mouse: cards are dragged, and every column says what that would cost before a card is dropped.
// Whoever uses the keyboard, or no script, opens a card and chooses a place there: the same addresses do the work.

const main = document.querySelector('#main');
const side = document.querySelector('#side');
const token = document.body.dataset.csrf;
let opener = null;

// Says something to whoever listens to the page instead of looking at it.
const announce = text => { document.querySelector('#announce').textContent = text; };

const board = () => document.querySelector('#board');

// Puts another board in place of this one, wherever an answer leads.
async function change(address, data) {
  const there = board();
  there.setAttribute('aria-busy', 'true');
  try {
    const answer = await fetch(address, { method: 'POST', body: data, headers: { 'X-CSRF-Token': token } });
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const fresh = page.querySelector('#board');
    if (!fresh) return refused(page);
    there.replaceWith(fresh);
    close();
    const said = page.querySelector('.said')?.textContent || fresh.querySelector('.faults')?.textContent || '';
    announce(said.trim());
    show(said, fresh);
    ready();
  } finally {
    board().removeAttribute('aria-busy');
  }
}

// What kept a change from being made, in the words of the page that was answered instead of a board.
function refused(page) {
  const said = [...page.querySelectorAll('main h1, main .lead')].map(part => part.textContent.trim()).join(' ');
  if (!said) return location.reload();
  board().querySelector('.faults')?.remove();
  const box = document.createElement('div');
  box.className = 'faults';
  box.tabIndex = -1;
  box.textContent = said;
  board().prepend(box);
  close();
  announce(said);
  box.focus();
}

// What was just done, on the page; a fault is there already.
function show(said, fresh) {
  document.querySelector('#main > .said')?.remove();
  if (fresh.querySelector('.faults')) return fresh.querySelector('.faults').focus();
  if (!said) return;
  const line = document.createElement('p');
  line.className = 'said';
  line.textContent = said;
  main.prepend(line);
}

async function pricesOf(id) {
  const address = new URL(board().dataset.prices, location.href);
  address.searchParams.set('person', id);
  const answer = await fetch(address);
  return answer.ok ? answer.json() : null;
}

function offer(places) {
  for (const column of board().querySelectorAll('.column')) {
    const price = places?.[column.dataset.place];
    const line = column.querySelector('.offer > div');
    line.replaceChildren();
    column.classList.remove('no', 'up', 'down', 'same');
    if (!price) continue;
    column.classList.add(!price.allowed ? 'no' : price.change > 0 ? 'up' : price.change < 0 ? 'down' : 'same');
    for (const text of [price.text, ...price.rules]) {
      const part = document.createElement('span');
      part.textContent = text;
      line.append(part);
    }
  }
}

function ready() {
  if (!globalThis.Sortable) return;
  let prices = null;
  for (const list of board().querySelectorAll('.cards-in')) {
    globalThis.Sortable.create(list, {
      group: 'board', sort: false, animation: 120, delay: 150, delayOnTouchOnly: true, draggable: '.card', filter: 'input,select,button', preventOnFilter: false,
      onStart: event => {
        board().classList.add('dragging');
        prices = null;
        pricesOf(event.item.dataset.id).then(found => { prices = found; if (board().classList.contains('dragging')) offer(found?.places); });
      },
      onEnd: async event => {
        board().classList.remove('dragging');
        offer(null);
        if (event.from === event.to) return;
        const place = event.to.dataset.place;
        // Prices of a board that somebody else has changed meanwhile decide nothing; the answer says what happened.
        const price = String(prices?.version) === board().dataset.version ? prices.places[place] : null;
        if (price && !price.allowed) {
          event.from.insertBefore(event.item, event.from.children[event.oldIndex] ?? null);
          return announce(price.text);
        }
        const data = new FormData();
        data.set('csrf', token);
        data.set('version', board().dataset.version);
        data.set('by', board().dataset.by);
        data.set('person', event.item.dataset.id);
        data.set('to', place);
        await change(board().dataset.move, data);
      },
    });
  }
}

// A card opens beside the board.
async function open(address, from) {
  const answer = await fetch(address, { headers: { 'HX-Request': 'true' } });
  if (!answer.ok) return location.assign(address);
  opener = from ?? opener;
  side.innerHTML = await answer.text();
  const shut = document.createElement('button');
  shut.className = 'shut';
  shut.type = 'button';
  shut.textContent = '×';
  shut.setAttribute('aria-label', side.getAttribute('aria-label'));
  shut.addEventListener('click', close);
  side.prepend(shut);
  side.hidden = false;
  globalThis.htmx?.process(side);
  side.focus();
}

function close() {
  if (side.hidden) return;
  side.hidden = true;
  side.replaceChildren();
  const id = opener;
  opener = null;
  if (id) [...board().querySelectorAll('.card')].find(card => card.dataset.id === id)?.querySelector('a')?.focus();
}

document.addEventListener('click', event => {
  const link = event.target.closest('.card a');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  open(link.href, link.closest('.card').dataset.id);
});
document.addEventListener('keydown', event => { if (event.key === 'Escape') close(); });
document.addEventListener('change', event => { if (event.target.id === 'by') event.target.form.requestSubmit(); });
document.addEventListener('submit', event => {
  if (event.defaultPrevented) return;
  const form = event.target;
  if ('board' in form.dataset) {
    event.preventDefault();
    change(form.action, new FormData(form, event.submitter));
  } else if ('side' in form.dataset && side.contains(form)) {
    event.preventDefault();
    open(`${form.action}?${new URLSearchParams(new FormData(form))}`);
  }
});
ready();
