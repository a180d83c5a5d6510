// Drafts are saved as one types, silently (practice.md 13, design.md "Nothing lost").
//   <form data-autosave="/url/">  posts the form there (header X-Draft: 1); the server keeps it for this person
//   <form data-autosave="">       keeps it on this device only, as does a failed connection
// Kiosk mode (<html data-kiosk>) keeps nothing on the device.

const WAIT = 1500;
const DAYS = 14;
const kiosk = document.documentElement.hasAttribute("data-kiosk");
// The same page in another language keeps the same draft (practice.md 16).
const bare = (path) => path.replace(/^\/en(?=\/)/, "");
const keyOf = (form) => `draft:${bare(location.pathname)}:${form.id || form.getAttribute("name") || "form"}`;
const SKIP = new Set(["csrfmiddlewaretoken", "_once", "_proof", "_challenge"]);

function typed(form) {
  const values = [];
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && value && !SKIP.has(name) && form.elements[name]?.type !== "password") values.push([name, value]);
  }
  return values;
}

function keepHere(form) {
  if (kiosk) return;
  try {
    localStorage.setItem(keyOf(form), JSON.stringify({ at: Date.now(), values: typed(form) }));
  } catch { /* a full or forbidden store must not disturb writing */ }
}

function forget(form) {
  try { localStorage.removeItem(keyOf(form)); } catch { /* as above */ }
}

async function save(form) {
  const url = form.dataset.autosave;
  if (!url) return keepHere(form);
  const body = new FormData(form);
  for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
  try {
    const answer = await fetch(url, { method: "POST", body, headers: { "X-Draft": "1" }, credentials: "same-origin" });
    if (!answer.ok) throw new Error(String(answer.status));
    forget(form);
  } catch {
    keepHere(form);
  }
}

function restore(form) {
  let draft = null;
  try { draft = JSON.parse(localStorage.getItem(keyOf(form)) ?? "null"); } catch { return; }
  if (!draft) return;
  const box = form.querySelector("[data-draft]");
  const same = JSON.stringify(draft.values) === JSON.stringify(typed(form));
  if (same || !draft.values.length || Date.now() - draft.at > DAYS * 864e5 || !box) {
    if (!same) forget(form);
    return;
  }
  box.hidden = false;
  box.querySelector("[data-restore]").addEventListener("click", () => {
    for (const [name, value] of draft.values) {
      const field = form.elements[name];
      if (field instanceof RadioNodeList) {
        for (const one of field) if (one.type === "checkbox" || one.type === "radio") one.checked ||= one.value === value;
      } else if (field?.type === "checkbox" || field?.type === "radio") field.checked = true;
      else if (field && field.type !== "hidden" && field.type !== "file") field.value = value;
      (field instanceof RadioNodeList ? field[0] : field)?.dispatchEvent(new Event("input", { bubbles: true }));
    }
    box.hidden = true;
    form.querySelector("input:not([type=hidden]), textarea, select")?.focus();
  });
  box.querySelector("[data-discard]").addEventListener("click", () => {
    forget(form);
    box.hidden = true;
    form.querySelector("input:not([type=hidden]), textarea, select")?.focus();
  });
}

const timers = new WeakMap();
for (const form of document.querySelectorAll("form[data-autosave]")) {
  if (!kiosk) restore(form);
  form.addEventListener("input", () => {
    clearTimeout(timers.get(form));
    timers.set(form, setTimeout(() => { timers.delete(form); save(form); }, WAIT));
  });
  // Whoever leaves in the middle of a word, to the other language for instance, finds it again.
  addEventListener("pagehide", () => {
    if (timers.has(form)) keepHere(form);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timers.get(form));
    timers.delete(form);
    keepHere(form); // until the server has said thank you: that page names the form in data-draft-done
  });
}
for (const done of document.querySelectorAll("[data-draft-done]")) {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(`draft:${bare(done.dataset.draftDone)}:`)) localStorage.removeItem(key);
  } catch { /* as above */ }
}
if (kiosk) {
  try { for (const key of Object.keys(localStorage)) if (key.startsWith("draft:")) localStorage.removeItem(key); } catch { /* as above */ }
}
