// The place picker: three ways that end in the same choices. Everything here only saves a step of the form without script.

const announce = (text) => document.dispatchEvent(new CustomEvent("status", { detail: { text } }));

function begin(picker) {
  const words = picker.dataset;
  const find = (name) => picker.querySelector(`[data-place-${name}]`);
  const [choices, chosen, shown, clear, forWords] = ["choices", "chosen", "text", "clear", "for"].map(find);
  const field = picker.querySelector(`[name="${CSS.escape(words.place)}"]`);
  const search = find("search");
  let opened = null;

  const touched = () => field.dispatchEvent(new Event("input", { bubbles: true }));

  /** Says what is chosen, once, the same for every way. */
  function settle(radio, { fill = true } = {}) {
    const label = radio?.dataset.label ?? "";
    if (label && fill) field.value = radio.dataset.words;
    forWords.value = label ? field.value : "";
    shown.textContent = label;
    chosen.hidden = !label;
    clear.hidden = !label;
    picker.querySelector(".picker__pin")?.remove();
    if (label) announce(`${words.chosen} ${label}`);
    touched();
  }

  /** What went wrong: aloud, and where people look. What was chosen before stays. */
  function said(text) {
    announce(text);
    const line = document.createElement("p");
    line.className = "picker__none";
    line.dataset.said = "";
    line.textContent = text;
    choices.querySelector("[data-said]")?.remove();
    choices.append(line);
  }

  async function ask(address, query, { focus = true } = {}) {
    announce(words.waiting);
    let answer;
    try {
      answer = await fetch(`${address}?${new URLSearchParams({ ...query, name: words.place })}`, { credentials: "same-origin" });
      if (!answer.ok) throw new Error(String(answer.status));
    } catch {
      return said(words.lost);
    }
    choices.innerHTML = await answer.text();
    const radio = choices.querySelector("input:checked");
    const none = choices.querySelector("[data-none]");
    if (none) announce(none.textContent);
    if (radio?.value) settle(radio);
    else {
      settle(null);
      if (!none) announce(choices.querySelector("legend").textContent);
    }
    if (focus) (radio ?? choices.querySelector("input"))?.focus();
    return radio;
  }

  search.type = "button"; // so that Enter elsewhere sends the form
  search.addEventListener("click", () => {
    if (!field.value.trim()) { announce(words.empty); field.focus(); return; }
    ask(words.choose, { q: field.value });
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    search.click();
  });
  field.addEventListener("change", () => {
    if (forWords.value && forWords.value !== field.value) { choices.replaceChildren(); settle(null); }
  });
  choices.addEventListener("change", ({ target }) => settle(target));
  clear.hidden = chosen.hidden;
  clear.addEventListener("click", () => {
    choices.replaceChildren();
    field.value = "";
    settle(null);
    announce(words.removed);
    field.focus();
  });

  const here = find("here");
  here.hidden = !navigator.geolocation;
  here.addEventListener("click", () => {
    announce(words.waiting);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => ask(words.here, { lon: coords.longitude.toFixed(6), lat: coords.latitude.toFixed(6) }),
      () => said(words.denied), { timeout: 15000, enableHighAccuracy: true },
    );
  });

  const toggle = find("map");
  const canvas = find("canvas");
  toggle.addEventListener("click", async () => {
    canvas.hidden = !canvas.hidden;
    toggle.setAttribute("aria-expanded", String(!canvas.hidden));
    if (canvas.hidden || opened) return;
    opened = true;
    try {
      await openMap();
    } catch {
      opened = null;
      canvas.hidden = true;
      toggle.setAttribute("aria-expanded", "false");
      said(words.lost);
    }
  });

  async function openMap() {
    const { Marker, makeMap } = await import("./ground.js");
    const { map } = await makeMap(canvas, { ...words, ground: words.map });
    const cross = canvas.appendChild(document.createElement("div"));
    cross.className = "map-cross";
    cross.setAttribute("aria-hidden", "true");
    const sign = document.createElement("span");
    sign.className = "pin mark mark--accent";
    sign.textContent = "✕";
    sign.setAttribute("aria-hidden", "true");
    const marker = new Marker({ element: sign });
    const take = ({ lng, lat }, options) => {
      marker.setLngLat([lng, lat]).addTo(map);
      ask(words.here, { lon: lng.toFixed(6), lat: lat.toFixed(6) }, options);
    };
    map.on("click", ({ lngLat }) => take(lngLat, { focus: false }));
    const button = canvas.appendChild(document.createElement("button"));
    button.type = "button";
    button.className = "kern-btn kern-btn--secondary kern-btn--small map-as-list";
    button.appendChild(document.createElement("span")).className = "kern-label";
    button.firstChild.textContent = words.take;
    button.addEventListener("click", () => take(map.getCenter(), { focus: false }));
    map.getCanvas().focus();
  }

  find("ways").hidden = false;
}

for (const picker of document.querySelectorAll("[data-place]")) begin(picker);
