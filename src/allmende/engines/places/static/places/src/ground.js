// One map for every page: MapLibre on our own ground (districts, streets), in the city's colours, without any other host.
import { Map as LibreMap, Marker, addProtocol, setWorkerUrl } from "maplibre-gl";
import { Protocol } from "pmtiles";

export { Marker };

export const calm = matchMedia("(prefers-reduced-motion: reduce)");
const forced = matchMedia("(forced-colors: active)");
const LINES = /road|street|transport|rail|path|boundary|waterway/;
const AREAS = /water|earth|land|park|green|building/;

/** The theme's colours as MapLibre can read them; the system's own where somebody has chosen those. */
export function colours() {
  const css = getComputedStyle(document.documentElement);
  const token = (name, fallback) => css.getPropertyValue(`--city-${name}`).trim() || fallback;
  if (forced.matches) {
    const probe = document.body.appendChild(document.createElement("i"));
    const system = (name) => { probe.style.color = name; return getComputedStyle(probe).color; };
    const [ground, ink] = [system("Canvas"), system("CanvasText")];
    probe.remove();
    return { ground, area: ground, line: ink, street: ink, ink, soft: ink, halo: ground };
  }
  return {
    ground: token("sand", "#f3efe6"), area: token("surface", "#ffffff"), line: token("edge", "#6b7a78"),
    street: token("line", "#d5dbd8"), ink: token("ink", "#152033"), soft: token("ink-soft", "#4a5566"), halo: token("surface", "#ffffff"),
  };
}

const empty = { type: "FeatureCollection", features: [] };
const label = (size, field = "name") => ({ "text-field": ["get", field], "text-font": ["Fira Sans"], "text-size": size });

/** Our own ground: outlines and names of districts, streets from close by. */
function ownStyle(districts) {
  const c = colours();
  const names = { type: "FeatureCollection", features: districts.features.map(({ properties }) => ({
    type: "Feature", properties, geometry: { type: "Point", coordinates: [properties.lon, properties.lat] } })) };
  return {
    version: 8,
    sources: {
      districts: { type: "geojson", data: districts }, names: { type: "geojson", data: names }, streets: { type: "geojson", data: empty },
    },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": c.ground } },
      { id: "areas", type: "fill", source: "districts", paint: { "fill-color": c.area } },
      { id: "streets", type: "line", source: "streets", layout: { "line-cap": "round", "line-join": "round" },
        paint: { "line-color": c.street, "line-width": ["interpolate", ["exponential", 1.6], ["zoom"], 13, 2, 18, 16] } },
      { id: "outlines", type: "line", source: "districts", paint: { "line-color": c.line, "line-width": 1.2, "line-dasharray": [3, 2] } },
      { id: "street-names", type: "symbol", source: "streets", minzoom: 14.5, layout: { ...label(13), "symbol-placement": "line" },
        paint: { "text-color": c.soft, "text-halo-color": c.halo, "text-halo-width": 2 } },
      { id: "district-names", type: "symbol", source: "names", maxzoom: 16, layout: { ...label(["interpolate", ["linear"], ["zoom"], 10, 12, 14, 17]), "text-padding": 4 },
        paint: { "text-color": c.soft, "text-halo-color": c.halo, "text-halo-width": 2 } },
    ],
  };
}

/** A calm drawing of whatever vector layers a PMTiles file names. */
async function tileLayers(map, protocol, url) {
  const tiles = protocol.get(url) ?? (() => { throw new Error(url); })();
  const { vector_layers: layers = [] } = await tiles.getMetadata();
  const c = colours();
  for (const { id } of layers) {
    if (AREAS.test(id)) {
      map.addLayer({ id: `tiles-${id}`, type: "fill", source: "tiles", "source-layer": id,
        paint: { "fill-color": /water/.test(id) ? c.street : c.area, "fill-opacity": /building/.test(id) ? 0.6 : 1 } }, "outlines");
    } else if (LINES.test(id)) {
      map.addLayer({ id: `tiles-${id}`, type: "line", source: "tiles", "source-layer": id,
        paint: { "line-color": c.street, "line-width": ["interpolate", ["exponential", 1.6], ["zoom"], 10, 0.6, 18, 12] } }, "outlines");
    }
  }
}

/**
 * Puts a map into `host`. Reads from its data: ground, worker, centre "lon,lat", extent "w,s,e,n", view "zoom,lat,lon",
 * near "lon,lat", style (address of a style), tiles (address of a PMTiles file), and words: name, zoomIn, zoomOut.
 */
export async function makeMap(host, data) {
  if (!document.createElement("canvas").getContext("webgl2")) throw new Error("no WebGL"); // the list and the words remain
  setWorkerUrl(new URL(data.worker, location.href).href);
  const numbers = (text) => (text ? text.split(",").map(Number) : null);
  const [view, extent, near, centre] = [numbers(data.view), numbers(data.extent), numbers(data.near), numbers(data.centre)];
  const answer = await fetch(data.ground, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(String(answer.status));
  const districts = await answer.json();
  const middles = districts.features.map(({ properties }) => [properties.lon, properties.lat]);
  const around = extent ? [[extent[0], extent[1]], [extent[2], extent[3]]]
    : middles.length > 1 ? [0, 1].map((end) => [0, 1].map((axis) => Math[end ? "max" : "min"](...middles.map((middle) => middle[axis])))) : null;
  const start = view ? { zoom: view[0], center: [view[2], view[1]] } : near ? { zoom: 15, center: near }
    : around ? { bounds: around, fitBoundsOptions: { padding: 24 } } : { zoom: 12, center: centre };
  const protocol = new Protocol({ metadata: true });
  if (data.tiles) addProtocol("pmtiles", protocol.tile);
  const canvas = host.appendChild(document.createElement("div"));
  canvas.className = "map-canvas";
  const map = new LibreMap({
    container: canvas, style: data.style || ownStyle(districts), ...start, minZoom: 8, maxZoom: 19, attributionControl: false, canvasContextAttributes: { preserveDrawingBuffer: true }, // else it prints white
   
    dragRotate: false, pitchWithRotate: false, touchPitch: false, rollEnabled: false, cooperativeGestures: false,
    fadeDuration: calm.matches ? 0 : 200, locale: { "Map.Title": data.name },
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  const go = (options) => (calm.matches ? map.jumpTo(options) : map.easeTo({ ...options, duration: 300 }));
  const tools = host.appendChild(document.createElement("div"));
  tools.className = "map-tools";
  for (const [text, sign, by] of [[data.zoomIn, "+", 1], [data.zoomOut, "−", -1]]) {
    const button = tools.appendChild(document.createElement("button"));
    button.type = "button";
    button.textContent = sign;
    button.setAttribute("aria-label", text);
    button.addEventListener("click", () => go({ zoom: map.getZoom() + by }));
  }
  const streets = async () => {
    if (map.getZoom() < 13.5 || !map.getSource("streets")) return;
    const bounds = map.getBounds();
    const found = await fetch(`${data.ground}?bbox=${bounds.toArray().flat().map((value) => value.toFixed(4))}`, { credentials: "same-origin" }).catch(() => null);
    if (found?.ok) map.getSource("streets")?.setData(await found.json());
  };
  map.on("load", async () => {
    if (data.tiles && !data.style) {
      map.addSource("tiles", { type: "vector", url: `pmtiles://${new URL(data.tiles, location.href).href}` });
      map.once("sourcedata", () => tileLayers(map, protocol, new URL(data.tiles, location.href).href).catch(() => {}));
    }
    streets();
  });
  map.on("moveend", streets);
  const again = () => { if (!data.style) map.setStyle(ownStyle(districts)).once("styledata", streets); };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  forced.addEventListener("change", again);
  return { map, go };
}
