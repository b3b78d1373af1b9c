addEventListener('beforeprint', () => document.querySelectorAll('details:not([open])').forEach(fold => {
  fold.open = true;
  fold.dataset.folded = '';
}));
addEventListener('afterprint', () => document.querySelectorAll('details[data-folded]').forEach(fold => {
  fold.open = false;
  delete fold.dataset.folded;
}));
const find = document.querySelector('#find');
if (find) {
  find.closest('.find').hidden = false;
  const plain = text => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  const names = [...document.querySelectorAll('.names li')].map(line => [line, plain(line.textContent)]);
  find.addEventListener('input', () => {
    const wanted = plain(find.value.trim());
    for (const [line, name] of names) line.hidden = !name.includes(wanted);
  });
}
