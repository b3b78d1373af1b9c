// What every page does a little better with a script. Nothing here is needed to get the work done.

// htmx sends the token of the session along with every change.
document.addEventListener('htmx:configRequest', event => {
  const token = document.body.dataset.csrf;
  if (token) event.detail.headers['X-CSRF-Token'] = token;
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
