// Counter (practice.md 13): the visible number is hidden from screen readers; they hear a separate polite sentence after a
// second of pause and only from 80 % on. There is no maxlength: what is too long can be shortened, not lost.

const timers = new WeakMap();

function update(field) {
  const limit = Number(field.dataset.limit);
  const box = document.getElementById(`${field.id}-count`);
  if (!limit || !box) return;
  const left = limit - [...field.value].length;
  const words = (kind) => box.dataset[kind].replace("%n", Math.abs(left).toLocaleString(document.documentElement.lang));
  const text = left < 0 ? words("wordsOver") : words("wordsLeft");
  box.querySelector("[aria-hidden]").textContent = text;
  box.toggleAttribute("data-over", left < 0);
  clearTimeout(timers.get(field));
  timers.set(field, setTimeout(() => {
    box.querySelector("[aria-live]").textContent = left <= limit * 0.2 ? text : "";
  }, 1000));
}

document.addEventListener("input", ({ target }) => {
  if (target.dataset?.limit) update(target);
});
for (const field of document.querySelectorAll("[data-limit]")) update(field);
