// The city map: markers of the chosen layers as real buttons, groups where many lie together, the list for every part.
import { Marker, makeMap } from "./ground.js";

const section = document.querySelector("[data-city-map]");
const list = document.querySelector("[data-map-list]");
const filters = document.querySelector("[data-map-filters]");
const announce = (text) => {
  if (filters) document.dispatchEvent(new CustomEvent("status", { detail: { text } }));
  else document.getElementById("status").textContent = text; // in a frame there is no other script
};
const signs = new Map([...list.querySelectorAll("[data-layer]")].map((mark) => [mark.dataset.layer, { sign: mark.textContent, style: mark.className }]));
let markers = [];
let turn = 0;

function pin({ properties, geometry }, context) {
  const { sign, style } = signs.get(properties.layer) ?? { sign: "", style: "mark mark--mixed" };
  const button = document.createElement("button");
  const many = properties.count > 1;
  button.type = "button";
  button.className = `pin ${style}${many ? " pin--many" : ""}`;
  button.textContent = many ? String(properties.count) : sign;
  const name = many ? section.dataset.many.replace("%n", properties.count) : [properties.title, properties.state].filter(Boolean).join(", ");
  button.setAttribute("aria-label", name);
  button.addEventListener("click", () => (many ? closer(geometry.coordinates, context) : card(properties, button, context)));
  const marker = new Marker({ element: button }).setLngLat(geometry.coordinates).addTo(context.map);
  button.setAttribute("aria-label", name); // the library names markers itself
  button.removeAttribute("role");
  return marker;
}

/** Things of different layers that would cover each other become one marker, too. */
function together(features, map) {
  const kept = [];
  for (const feature of features) {
    const at = map.project(feature.geometry.coordinates);
    const same = kept.find((other) => Math.hypot(other.at.x - at.x, other.at.y - at.y) < 46);
    if (!same) { kept.push({ at, feature }); continue; }
    const { properties } = same.feature;
    const layer = properties.layer === feature.properties.layer ? properties.layer : "";
    same.feature = { geometry: same.feature.geometry, properties: { layer, count: properties.count + feature.properties.count } };
  }
  return kept.map(({ feature }) => feature);
}

function closer(center, { map, go }) {
  if (map.getZoom() < 18) return go({ center, zoom: Math.min(19, map.getZoom() + 2) });
  const step = 0.0006;
  return showList([center[0] - step, center[1] - step, center[0] + step, center[1] + step]);
}

function pinCalled(name) {
  return markers.map((marker) => marker.getElement()).find((element) => element.getAttribute("aria-label") === name);
}

function card({ title, state, url }, from, context) {
  section.querySelector(".map-card")?.remove();
  const box = section.appendChild(document.createElement("div"));
  box.className = "map-card";
  const head = box.appendChild(document.createElement(url ? "a" : "b"));
  if (url) head.href = url; else head.tabIndex = -1;
  if (url && section.dataset.target) Object.assign(head, { target: section.dataset.target, rel: "noopener" });
  head.textContent = title;
  if (state) box.appendChild(document.createElement("p")).textContent = state;
  const close = () => {
    box.remove();
    (from.isConnected ? from : pinCalled(from.getAttribute("aria-label")) ?? context.map.getCanvas()).focus(); // it may have been drawn anew
  };
  const button = box.appendChild(document.createElement("button"));
  button.type = "button";
  button.className = "linklike";
  button.textContent = section.dataset.close;
  button.addEventListener("click", close);
  box.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
  head.focus();
}

async function draw(context) {
  const { map } = context;
  const mine = (turn += 1);
  const bounds = map.getBounds();
  const box = bounds.toArray().flat().map((value) => value.toFixed(5)).join(",");
  try {
    const parts = await Promise.all(section.dataset.layers.split(",").filter(Boolean).map(async (key) => {
      const answer = await fetch(`${section.dataset.data}${key}/?bbox=${box}&zoom=${map.getZoom().toFixed(2)}&district=${section.dataset.district}`, { credentials: "same-origin" });
      if (!answer.ok) throw new Error(String(answer.status));
      return (await answer.json()).features;
    }));
    if (mine !== turn) return;
    const focused = document.activeElement?.closest?.(".pin")?.getAttribute("aria-label");
    for (const marker of markers) marker.remove();
    markers = together(parts.flat(), map).map((feature) => pin(feature, context));
    if (focused) (pinCalled(focused) ?? map.getCanvas()).focus();
    section.dataset.ready = "1";
  } catch {
    if (mine === turn) announce(section.dataset.lost);
  }
  const { lng, lat } = map.getCenter();
  const here = new URL(location.href);
  here.searchParams.set("karte", `${map.getZoom().toFixed(1)}/${lat.toFixed(4)}/${lng.toFixed(4)}`);
  history.replaceState(history.state, "", here);
}

async function showList(box) {
  const here = new URL(location.href);
  here.searchParams.delete("nach");
  here.searchParams.set("bbox", box.map((value) => value.toFixed(5)).join(","));
  const answer = await fetch(here, { headers: { "X-Part": "list" }, credentials: "same-origin" }).catch(() => null);
  if (!answer?.ok) return announce(section.dataset.lost);
  list.innerHTML = await answer.text();
  list.querySelector("h2").focus();
}

async function start() {
  const context = await makeMap(section, section.dataset);
  section.querySelector(".map-wait").remove();
  const { map } = context;
  const button = section.appendChild(document.createElement("button"));
  button.type = "button";
  button.className = "kern-btn kern-btn--secondary kern-btn--small map-as-list";
  button.appendChild(document.createElement("span")).className = "kern-label";
  button.firstChild.textContent = section.dataset.list;
  button.addEventListener("click", () => showList(map.getBounds().toArray().flat()));
  let wait = 0;
  map.on("moveend", () => { clearTimeout(wait); wait = setTimeout(() => draw(context), 120); });
  map.once("load", () => draw(context));
}

/** What only the page has, and no frame: one's own position, the address to copy, paper. */
function tools() {
  const note = document.querySelector("[data-map-note]");
  const nearby = document.querySelector("[data-map-here]");
  nearby.hidden = !navigator.geolocation;
  nearby.addEventListener("click", () => {
    note.hidden = true;
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      const query = new URLSearchParams(new FormData(filters));
      query.delete("near");
      query.set("lage", `${coords.latitude.toFixed(5)},${coords.longitude.toFixed(5)}`);
      location.search = query.toString();
    }, () => {
      note.textContent = section.dataset.denied; // said where people look, and aloud
      note.hidden = false;
      announce(section.dataset.denied);
    }, { timeout: 15000 });
  });
  const link = document.querySelector("[data-map-link]");
  link.hidden = !navigator.clipboard;
  link.addEventListener("click", async () => {
    await navigator.clipboard.writeText(location.href);
    announce(link.dataset.done);
  });
  const print = document.querySelector("[data-map-print]");
  print.hidden = false;
  print.addEventListener("click", () => window.print());
}

if (filters) tools();
start().catch(() => { section.hidden = true; });
