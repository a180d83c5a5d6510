// Enhances a page of questions: keeps what is typed, shows what is asked now, says what is left to give out, moves the
// options of a ranking in place. Everything works the same without it: then the server does it at the next button.

const WAIT = 900;
const form = document.querySelector("form[data-answering]");
const status = document.getElementById("status");

const say = (text) => {
  if (status && text) status.textContent = text;
};

function tell(box) {
  const total = Number(box.dataset.total), line = box.querySelector("[data-left-line]");
  const spent = [...box.querySelectorAll("input")].reduce((sum, one) => sum + (Math.trunc(Number(one.value)) || 0), 0);
  const left = total - spent, unit = box.dataset.unit ? ` ${box.dataset.unit}` : "";
  line.textContent = (left < 0 ? form.dataset.over : form.dataset.left).replace("%n", `${Math.abs(left)}${unit}`);
  line.classList.toggle("over", left < 0);
}

function arrange(answer) {
  const shown = new Set(answer.shown), sections = new Set(answer.sections);
  let more = false;
  for (const box of form.querySelectorAll("[data-asked]")) {
    const now = shown.has(box.dataset.asked);
    if (now && box.hidden && !box.matches(".asked-note")) more = true;
    if (!now && box.contains(document.activeElement)) continue; // nobody loses the field they are in
    box.hidden = !now;
    box.disabled = !now;
    const offered = answer.offered[box.dataset.asked];
    if (!offered) continue;
    for (const option of box.querySelectorAll("[data-option]")) {
      const can = offered.includes(option.dataset.option);
      option.hidden = !can;
      const field = option.matches("option") ? option : option.querySelector("input");
      field.disabled = !can;
    }
  }
  for (const section of form.querySelectorAll("[data-section]")) section.hidden = !sections.has(section.dataset.section);
  for (const one of form.querySelectorAll("[data-words]")) {
    const text = answer.texts[one.dataset.words];
    if (text !== undefined) write(one, text);
  }
  if (more) say(form.dataset.more);
}

/** A text in which answers are named, as it reads now. */
function write(place, text) {
  if (place.dataset.text === text) return;
  place.dataset.text = text;
  if (!("lines" in place.dataset)) { place.textContent = text; return; }
  place.replaceChildren(...text.split(/\n{2,}/).map((part) => {
    const paragraph = document.createElement("p");
    part.split("\n").forEach((line, at) => paragraph.append(...(at ? [document.createElement("br"), line] : [line])));
    return paragraph;
  }));
}

/** A number on this page says how often a section is asked: repetitions come as the server draws them, and are folded
 *  away, with what stands in them, when there are fewer. */
async function fit(rounds) {
  for (const [name, wanted] of Object.entries(rounds)) {
    const own = `[data-section="${CSS.escape(name)}"]`, section = form.querySelector(own);
    const drawn = () => [...section.querySelectorAll(":scope > .asked-round")];
    if (wanted > drawn().length) {
      const reply = await fetch(location.href, { credentials: "same-origin", signal: running?.signal });
      const page = new DOMParser().parseFromString(await reply.text(), "text/html").querySelector(own);
      const fresh = page ? [...page.querySelectorAll(":scope > .asked-round")].slice(drawn().length, wanted) : [];
      (drawn().at(-1) ?? form.elements[`q-${name}-n`]).after(...fresh);
      fresh.forEach(count);
      form.elements[`q-${name}-n`].value = drawn().length;
      if (fresh.length) say(form.dataset.more);
    }
    drawn().forEach((one, at) => { one.hidden = at >= wanted && !one.contains(document.activeElement); });
  }
}

/** Says of every sum to give out below this element what is left. */
function count(within) {
  for (const box of within.querySelectorAll("[data-total]")) {
    box.addEventListener("input", () => tell(box));
    tell(box);
  }
}

let timer = 0, running = null, again = false;

async function save() {
  if (running) { again = true; return; } // one after the other: an answer that was overtaken would show and keep what is old
  const body = new FormData(form);
  for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
  body.delete("_once");
  running = new AbortController();
  try {
    const reply = await fetch(form.action || location.href, {
      method: "POST", body, headers: { "X-Draft": "1" }, credentials: "same-origin", signal: running.signal,
    });
    if (reply.status === 409) return say((await reply.json()).message);
    if (!reply.ok) return;
    const answer = await reply.json();
    form.elements.seen.value = answer.seen;
    await fit(answer.rounds);
    arrange(answer);
  } catch { /* what was typed stands in the form and goes with the next button */ } finally {
    running = null;
    if (again) { again = false; save(); }
  }
}

function move(button) {
  const [way, , option] = button.value.split(":");
  const list = button.closest("ol"), items = [...list.children];
  const item = button.closest("li"), at = items.indexOf(item), to = at + (way === "up" ? -1 : 1);
  if (to >= 0 && to < items.length) items[to][way === "up" ? "before" : "after"](item);
  [...list.children].forEach((one, place) => { one.querySelector("select").value = String(place + 1); });
  button.focus();
  say(`${item.querySelector("label").textContent}: ${item.querySelector("select").selectedOptions[0].textContent}`);
  return option;
}

if (form) {
  count(form);
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => { timer = 0; save(); }, WAIT);
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest(".asked-ranking button");
    if (!button) return;
    event.preventDefault();
    move(button);
    form.dispatchEvent(new Event("input"));
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    again = false;
    running?.abort();
  });
}
