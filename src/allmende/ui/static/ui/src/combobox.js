// Suggestions below a search box (ARIA 1.2 combobox with a listbox, WAI-ARIA Authoring Practices): the arrow keys go
// through the list, Enter takes what is chosen, Escape closes. What was typed stays until something is taken; without a
// script, or when nobody answers, it is an ordinary form.
//
//   <input type="search" data-suggest="/suche/vorschlaege/" data-suggest-label="Vorschläge">
import { announce } from "./status.js";

const WAIT = 180;
const SHORTEST = 3;
let number = 0;

function setUp(input) {
  const list = document.createElement("ul");
  list.id = `suggestions-${(number += 1)}`;
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.dataset.suggestLabel ?? "");
  list.hidden = true;
  input.after(list);
  input.parentElement.classList.add("suggesting");
  for (const [name, value] of Object.entries({
    role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
  })) input.setAttribute(name, value);

  let timer = 0;
  let asked = 0;
  let chosen = -1;

  const options = () => [...list.children];
  function choose(place) {
    options()[chosen]?.setAttribute("aria-selected", "false");
    chosen = place;
    const option = options()[chosen];
    if (!option) return input.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", option.id);
  }
  function close() {
    asked += 1;
    clearTimeout(timer);
    list.hidden = true;
    list.replaceChildren();
    choose(-1);
    input.setAttribute("aria-expanded", "false");
  }
  function take(option) {
    if (option.dataset.url) return location.assign(option.dataset.url);
    input.value = option.dataset.text;
    close();
    input.form.requestSubmit();
  }
  function show({ suggestions, said }) {
    list.replaceChildren(...suggestions.map((one, place) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${place}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.text = one.text;
      if (one.url) option.dataset.url = one.url;
      const text = document.createElement("span");
      text.textContent = one.text;
      if (one.language) text.lang = one.language;
      option.append(text);
      if (one.kind) {
        const kind = document.createElement("small");
        kind.textContent = one.kind;
        option.append(" ", kind);
      }
      return option;
    }));
    chosen = -1;
    list.hidden = !suggestions.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    if (suggestions.length) announce(said);
  }
  async function ask() {
    const mine = (asked += 1);
    try {
      const answer = await fetch(`${input.dataset.suggest}?${new URLSearchParams({ q: input.value })}`, { headers: { Accept: "application/json" } });
      const found = answer.ok ? await answer.json() : { suggestions: [] };
      if (mine === asked && document.activeElement === input) show(found);
    } catch { /* nobody answers: the form still works */ }
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    if (input.value.trim().length < SHORTEST) return close();
    timer = setTimeout(ask, WAIT);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault(); // the text stays
      return close();
    }
    if (event.key === "Enter" && chosen >= 0) {
      event.preventDefault();
      return take(options()[chosen]);
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || list.hidden) return;
    event.preventDefault();
    const count = options().length;
    choose(chosen < 0 ? (step > 0 ? 0 : count - 1) : (chosen + step + count) % count);
  });
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the focus stays in the box
  list.addEventListener("click", ({ target }) => {
    const option = target.closest("[role=option]");
    if (option) take(option);
  });
  input.addEventListener("blur", close);
}

for (const input of document.querySelectorAll("input[data-suggest]")) setUp(input);
