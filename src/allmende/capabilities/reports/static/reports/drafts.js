// The page of drafts: a short form that needs no network, and what waits on this device.

const root = document.querySelector("[data-drafts]");
const words = root.dataset;
const form = root.querySelector("form");
const list = root.querySelector("[data-list]");
const none = root.querySelector("[data-none]");
const here = root.querySelector("[data-here]");
const pinned = root.querySelector("[data-pinned]");
const again = root.querySelector("[data-send]");
const announce = (text) => document.dispatchEvent(new CustomEvent("status", { detail: { text } }));
let edited = null;
let point = "";

const element = (name, text = "", more = {}) => Object.assign(document.createElement(name), { textContent: text, ...more });
const named = (text, about) => {
  const button = element("button", text, { type: "button", className: "linklike" });
  button.append(element("span", `: ${about}`, { className: "sr" }));
  return button;
};

function row(draft, number, total) {
  const item = element("li", "", { className: "box" });
  const about = draft.words?.trim().slice(0, 60) || words.untitled;
  const lacks = reportDrafts.missing(draft).map((name) => words[`lack${name}`]);
  const states = { sent: words.sent.replace("%n", draft.number), wrong: `${words.wrong} ${(draft.problems ?? []).join(" ")}`, ready: words.ready };
  item.append(element("h3", total > 1 ? `${number}. ${about}` : about));
  if (draft.place) item.append(element("p", draft.place, { className: "soft" }));
  item.append(element("p", states[draft.state] ?? (lacks.length ? `${words.lacks} ${lacks.join(", ")}.` : words.begun)));
  const buttons = element("p", "", { className: "row" });
  if (draft.state === "sent") buttons.append(element("a", words.open, { href: draft.url, className: "more" }));
  else {
    const edit = named(words.edit, about);
    edit.addEventListener("click", () => fill(draft));
    buttons.append(edit);
  }
  const gone = named(draft.state === "sent" ? words.forget : words.remove, about);
  gone.addEventListener("click", async () => {
    await reportDrafts.remove(draft.id);
    await show();
    announce(words.removed);
    (list.querySelector("button, a") ?? root.querySelector("h2")).focus();
  });
  buttons.append(gone);
  item.append(buttons);
  return item;
}

async function show() {
  const drafts = await reportDrafts.all();
  list.replaceChildren(...drafts.map((draft, at) => row(draft, at + 1, drafts.length)));
  none.hidden = drafts.length > 0;
  again.hidden = !drafts.some((draft) => draft.state === "ready");
}

function fill(draft) {
  edited = draft;
  point = draft.point ?? "";
  for (const name of ["words", "place", "detail", "category", "email"]) form.elements[name].value = draft[name] ?? "";
  form.elements.photo.value = "";
  pin();
  form.elements.words.focus();
}

function pin() {
  pinned.hidden = !point;
}

async function save() {
  const given = Object.fromEntries(["words", "place", "detail", "category", "email"].map((name) => [name, form.elements[name].value]));
  const file = form.elements.photo.files[0];
  const draft = { ...edited, id: edited?.id ?? crypto.randomUUID(), made: edited?.made ?? Date.now(), ...given, point, problems: [] };
  if (file) Object.assign(draft, { photo: file, photoName: file.name });
  const lacks = reportDrafts.missing(draft);
  draft.state = lacks.length ? "begun" : "ready";
  await reportDrafts.put(draft);
  form.reset();
  edited = null;
  point = "";
  pin();
  await show();
  if (lacks.length) announce(`${words.saved} ${words.lacks} ${lacks.map((name) => words[`lack${name}`]).join(", ")}.`);
  else if (!await sendAll()) announce(`${words.saved} ${words.ready}`);
  root.querySelector("h2").focus();
}

/** Whether something went out. */
async function sendAll() {
  const registration = await navigator.serviceWorker?.getRegistration().catch(() => undefined);
  registration?.sync?.register("meldungen").catch(() => undefined);
  if (!navigator.onLine) return false;
  const sent = await reportDrafts.sendAll(words.send).catch(() => 0);
  await show();
  if (sent) announce(words.gone);
  return sent > 0;
}

form.addEventListener("submit", (event) => { event.preventDefault(); save().catch(() => announce(words.full)); });
here.hidden = !navigator.geolocation;
here.addEventListener("click", () => {
  announce(words.waiting);
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => { point = `${coords.longitude.toFixed(6)},${coords.latitude.toFixed(6)}`; pin(); announce(words.pinned); },
    () => announce(words.denied), { timeout: 15000, enableHighAccuracy: true },
  );
});
again.addEventListener("click", async () => { if (!await sendAll()) announce(words.still); });
addEventListener("online", sendAll);
document.addEventListener("visibilitychange", () => { if (!document.hidden) show(); });
if ("serviceWorker" in navigator) navigator.serviceWorker.register(words.worker, { scope: words.scope }).catch(() => undefined);
if ("indexedDB" in window) {
  root.hidden = false;
  document.querySelector("[data-without]").hidden = true;
  await show();
  await sendAll();
}
