// What every page does a little better with a script. Nothing here is needed to get the work done.

// htmx sends the token of the session along with every change.
document.addEventListener('htmx:configRequest', event => {
  const token = document.body.dataset.csrf;
  if (token) event.detail.headers['X-CSRF-Token'] = token;
});

// What is looked at again by itself stays as it is while somebody is in it.
document.addEventListener('htmx:beforeRequest', event => {
  const place = event.detail.elt;
  if (place.id === 'arrivals' && place.contains(document.activeElement)) event.preventDefault();
});

// What went wrong is where the reader begins.
document.querySelector('.faults')?.focus();

// A form that is sent twice by a double click is sent once.
document.addEventListener('submit', event => {
  const form = event.target;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = 'yes';
  setTimeout(() => delete form.dataset.sent, 3000);
});
