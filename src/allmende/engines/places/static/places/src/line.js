// A line of places, one after another: a list that works without it, and the same drawn on a map. Whatever is added,
// taken back or removed here changes the list and the hidden field; without script the form's own buttons do it.

const announce = (text) => document.dispatchEvent(new CustomEvent("status", { detail: { text } }));

function begin(box) {
  const words = box.dataset;
  const find = (name) => box.querySelector(`[data-line-${name}]`);
  const [field, list, ask, panel, canvas, toggle, centre, undo] =
    ["points", "list", "ask", "panel", "canvas", "toggle", "centre", "undo"].map(find);
  const most = Number(words.most);
  let points = JSON.parse(field.value || "[]");
  let show = () => {};
  let opened = false;

  const named = (point) => point[2] || words.somewhere;

  /** The list as the server draws it, and the field that is sent. */
  function settle() {
    field.value = JSON.stringify(points);
    list.replaceChildren(...points.map((point, at) => {
      const item = document.createElement("li");
      const name = item.appendChild(document.createElement("span"));
      name.dir = "auto";
      name.textContent = named(point);
      const button = document.createElement("button");
      button.type = "submit";
      button.className = "linklike";
      button.dataset.lineRemove = String(at);
      button.textContent = words.remove.replace("%n", at + 1);
      item.append(" ", button);
      return item;
    }));
    list.hidden = !points.length;
    ask.textContent = points.length ? words.further : words.begin;
    undo.disabled = !points.length;
    show();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function add(point) {
    if (points.length >= most) { announce(words.full); return false; }
    points.push(point);
    settle();
    return true;
  }

  /** A spot on the map: drawn at once, its name comes when the city has looked it up. */
  async function take({ lng, lat }) {
    const point = [Number(lng.toFixed(6)), Number(lat.toFixed(6)), ""];
    if (!add(point)) return;
    try {
      const answer = await fetch(`${words.here}?${new URLSearchParams({ lon: point[0], lat: point[1], name: "line" })}`, { credentials: "same-origin" });
      const found = new DOMParser().parseFromString(answer.ok ? await answer.text() : "", "text/html").querySelector("[data-words]");
      point[2] = found?.dataset.words ?? "";
    } catch { /* it stays a spot on the map */ }
    const at = points.indexOf(point);
    if (at < 0) return; // taken back meanwhile
    if (point[2]) settle();
    announce(words.set.replace("%n", at + 1).replace("%s", named(point)));
  }

  box.addEventListener("click", (event) => {
    const button = event.target.closest("[data-line-remove]");
    if (!button) return;
    event.preventDefault();
    const at = Number(button.dataset.lineRemove);
    points = points.filter((_point, place) => place !== at);
    settle();
    announce(words.gone.replace("%n", at + 1));
    (list.querySelectorAll("[data-line-remove]")[Math.min(at, points.length - 1)] ?? toggle).focus();
  });

  find("add").addEventListener("click", (event) => {
    const picker = box.querySelector("[data-place]");
    const chosen = picker?.querySelector("[data-place-choices] input:checked");
    const typed = picker?.querySelector(".picker__row input").value;
    if (!chosen?.dataset.lon || picker.querySelector("[data-place-for]").value !== typed) return; // the server looks
    event.preventDefault();
    const point = [Number(chosen.dataset.lon), Number(chosen.dataset.lat), chosen.dataset.words];
    if (!add(point)) return;
    picker.querySelector("[data-place-clear]").click();
    announce(words.set.replace("%n", points.length).replace("%s", named(point)));
  });

  undo.addEventListener("click", () => {
    points.pop();
    settle();
    announce(words.gone.replace("%n", points.length + 1));
    if (undo.disabled) centre.focus();
  });

  toggle.addEventListener("click", async () => {
    panel.hidden = !panel.hidden;
    toggle.setAttribute("aria-expanded", String(!panel.hidden));
    if (panel.hidden || opened) return;
    opened = true;
    try {
      await open();
    } catch {
      opened = false;
      panel.hidden = true;
      toggle.setAttribute("aria-expanded", "false");
      announce(words.lost);
    }
  });

  async function open() {
    const { colours, makeMap } = await import("./ground.js");
    const [lons, lats] = [0, 1].map((axis) => points.map((point) => point[axis]));
    const around = points.length > 1
      ? { extent: [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)].join() }
      : points.length ? { near: points[0].slice(0, 2).join() } : {};
    const { map } = await makeMap(canvas, { ...words, ...around, ground: words.map });
    const drawn = () => ({
      type: "FeatureCollection",
      features: [
        { type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: points.map((point) => point.slice(0, 2)) } },
        ...points.map((point, at) => ({ type: "Feature", properties: { n: String(at + 1) }, geometry: { type: "Point", coordinates: point.slice(0, 2) } })),
      ],
    });
    const paint = () => { // once more whenever the colours change
      try {
        if (map.getSource("drawn")) return;
        map.addSource("drawn", { type: "geojson", data: drawn() });
      } catch { return; } // the style is still on its way, and says when it is there
      const css = getComputedStyle(document.documentElement);
      const forced = matchMedia("(forced-colors: active)").matches;
      const { ink, ground } = colours();
      const [line, over] = forced ? [ink, ground] : ["--city-accent", "--city-on-accent"].map((name) => css.getPropertyValue(name).trim());
      map.addLayer({ id: "drawn-line", type: "line", source: "drawn", filter: ["==", ["geometry-type"], "LineString"],
        layout: { "line-cap": "round", "line-join": "round" }, paint: { "line-color": line, "line-width": 5 } });
      const spots = ["==", ["geometry-type"], "Point"];
      map.addLayer({ id: "drawn-spots", type: "circle", source: "drawn", filter: spots,
        paint: { "circle-radius": 12, "circle-color": line, "circle-stroke-color": over, "circle-stroke-width": 2 } });
      map.addLayer({ id: "drawn-numbers", type: "symbol", source: "drawn", filter: spots,
        layout: { "text-field": ["get", "n"], "text-font": ["Fira Sans"], "text-size": 13, "text-allow-overlap": true, "text-ignore-placement": true }, paint: { "text-color": over } });
      canvas.dataset.ready = "";
    };
    show = () => map.getSource("drawn")?.setData(drawn());
    map.on("styledata", paint);
    map.on("load", paint);
    paint();
    const cross = canvas.appendChild(document.createElement("div"));
    cross.className = "map-cross";
    cross.setAttribute("aria-hidden", "true");
    map.on("click", ({ lngLat }) => take(lngLat));
    map.getCanvas().addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      take(map.getCenter());
    });
    centre.onclick = () => take(map.getCenter());
    map.getCanvas().focus();
  }

  undo.disabled = !points.length;
  find("map").hidden = false;
  box.classList.add("line--drawn");
}

for (const box of document.querySelectorAll("[data-line]")) begin(box);
