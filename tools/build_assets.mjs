// Builds the front end: one stylesheet, one script, the fonts. Run by `make`; does nothing when nothing changed.
//
// In:  src/allmende/ui/static/ui/src/ui.css and ui.js, KERN UX and htmx from node_modules.
// Out: src/allmende/ui/static/ui/build/ (never committed).
//
// KERN's own stylesheet weighs 340 kB because it carries every component, icon and colour step. `kern()` keeps the
// blocks named below and the tokens these use, unchanged, and puts them into the cascade layer `kern`, so that the city's
// rules win without a fight over specificity.

import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const SOURCE = join(ROOT, "src/allmende/ui/static/ui/src");
const OUT = join(ROOT, "src/allmende/ui/static/ui/build");
const PLACES = join(ROOT, "src/allmende/engines/places/static/places");
const KERN = join(ROOT, "node_modules/@kern-ux/native/dist");

const BLOCKS = [
  "alert", "badge", "body", "btn", "card", "description-list", "error", "fieldset", "form-check", "form-input",
  "hint", "icon", "label", "loader", "number", "progress", "sr-only", "table", "title",
];
const ICONS = [
  "account-circle", "add", "arrow-back", "arrow-down", "arrow-forward", "arrow-up", "autorenew", "brightness-medium",
  "calendar-today", "check", "checklist", "close", "content-copy", "danger", "dark-mode", "dehaze", "delete", "download",
  "draft", "easy-language", "edit", "help", "home", "info", "language", "light-mode", "logout", "mail", "more-vert",
  "open-in-new", "search", "sign-language", "success", "visibility", "visibility-off", "warning",
  "default", "small", "large", "x-large",
];
const WEIGHTS = { 400: "Regular", 500: "Medium", 600: "SemiBold" };

/** Everything a German or English page needs, and the names of neighbours in Latin letters; the rest loads on demand. */
const LATIN = [[0x20, 0x7e], [0xa0, 0x17f], [0x1e9e, 0x1e9e], [0x2010, 0x2015], [0x2018, 0x201e], [0x2020, 0x2026],
  [0x2030, 0x2030], [0x2039, 0x203a], [0x20ac, 0x20ac], [0x2122, 0x2122], [0x2190, 0x2193], [0x2212, 0x2212],
  [0x25a0, 0x25a0], [0x25b2, 0x25b2], [0x25c6, 0x25c6], [0x25cf, 0x25cf]]; // the last four mark kinds on maps and charts

/** Splits minified CSS into its top-level rules; braces inside quotes do not count. */
function* rules(css) {
  let start = 0, depth = 0, quote = "";
  for (let at = 0; at < css.length; at += 1) {
    const sign = css[at];
    if (quote) {
      if (sign === "\\") at += 1;
      else if (sign === quote) quote = "";
    } else if (sign === '"' || sign === "'") quote = sign;
    else if (sign === "{") depth += 1;
    else if (sign === "}" && (depth -= 1) === 0) {
      yield css.slice(start, at + 1);
      start = at + 1;
    } else if (sign === ";" && depth === 0) start = at + 1;
  }
}

const head = (rule) => rule.slice(0, rule.indexOf("{"));
const inside = (rule) => rule.slice(rule.indexOf("{") + 1, -1);

/** True for a selector of a block and icon that we use, or of tokens. */
function wanted(selector) {
  const names = [...selector.matchAll(/\.kern-([a-z0-9-]+(?:__[a-z0-9-]+)?(?:--[a-z0-9-]+)?)/g)].map((found) => found[1]);
  const tokens = /^(:root|\[data-kern-theme|\.kern-(light|dark|level-\d)|:is\(body)/.test(selector);
  if (!names.length || tokens) return tokens;
  return names.every((name) => {
    const icon = name.match(/^icon--(.+)$/);
    return icon ? ICONS.includes(icon[1]) : BLOCKS.some((block) => name === block || new RegExp(`^${block}(-|_)`).test(name));
  });
}

function keep(rule) {
  const selector = head(rule);
  if (selector.includes("forced-colors")) return ""; // KERN paints icons white there, whatever the ground; adapt.css does it
  if (selector.startsWith("@media")) {
    const kept = [...rules(inside(rule))].map(keep).join("");
    return kept && `${selector}{${kept}}`;
  }
  if (selector.startsWith("@keyframes")) return rule;
  if (selector.startsWith("@")) return "";
  // Selectors that are separated by commas at the top level are judged one by one.
  const parts = selector.match(/(?:[^,(]|\((?:[^()]|\([^()]*\))*\))+/g) ?? [];
  const kept = parts.filter((part) => wanted(part.trim()));
  return kept.length ? `${kept.join(",")}{${inside(rule)}}` : "";
}

/** Removes custom properties that nothing reads, until none is left; `ours` is our own CSS, which may read them too. */
function withoutUnused(css, ours) {
  for (;;) {
    const read = new Set([...(css + ours).matchAll(/var\(\s*(--[\w-]+)/g)].map((found) => found[1]));
    const next = css.replace(/(--kern-[\w-]+):((?:"[^"]*"|[^;{}"])*)(;|(?=\}))/g, (all, name) => (read.has(name) ? all : ""));
    if (next === css) return css.replace(/[^{}]+\{\}/g, "");
    css = next;
  }
}

async function kern(esbuild, ours) {
  const { code } = await esbuild.transform(await readFile(join(KERN, "kern.css"), "utf8"), { loader: "css", minify: true });
  const kept = [...rules(code)].map(keep).join("");
  for (const name of [...BLOCKS.map((block) => `.kern-${block}`), ...ICONS.map((icon) => `.kern-icon--${icon}`)]) {
    if (!kept.includes(name)) throw new Error(`KERN has no ${name} any more; adapt tools/build_assets.mjs.`);
  }
  return `@layer kern{${withoutUnused(kept, ours)}}`;
}

const unicodeRange = (ranges) => ranges.map(([from, to]) =>
  from === to ? `U+${from.toString(16)}` : `U+${from.toString(16)}-${to.toString(16)}`).join(",");

/** Writes each weight twice: Latin (about 15 kB) and everything else, which a browser fetches only where it occurs. */
async function fonts() {
  const { default: subset } = await import("subset-font");
  await mkdir(join(OUT, "fonts"), { recursive: true });
  const latin = LATIN.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, step) => String.fromCodePoint(from + step)));
  const more = [[0x180, 0x2ff], [0x300, 0x52f], [0x1e00, 0x1e9d], [0x1e9f, 0x1fff], [0x2000, 0x200f], [0x2027, 0x202f],
    [0x2070, 0x20ab], [0x20ad, 0x2121], [0x2123, 0x218f], [0x2194, 0x2211], [0x2213, 0x259f],
    [0x25a1, 0x25b1], [0x25b3, 0x25c5], [0x25c7, 0x25ce], [0x25d0, 0x25ff]];
  const rest = more.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, step) => String.fromCodePoint(from + step)));
  const options = { targetFormat: "woff2", noHinting: true, keepFeatures: ["kern", "liga", "mark", "mkmk", "ccmp", "locl", "tnum"] };
  const faces = await Promise.all(Object.entries(WEIGHTS).map(async ([weight, name]) => {
    const font = await readFile(join(KERN, `fonts/fira-sans/FiraSans-${name}.woff2`));
    await writeFile(join(OUT, `fonts/fira-${weight}.woff2`), await subset(font, latin.join(""), options));
    await writeFile(join(OUT, `fonts/fira-${weight}-more.woff2`), await subset(font, rest.join(""), options));
    // The same for PDFs (ui/pdf): whole, as the format that their maker reads.
    await writeFile(join(OUT, `fonts/fira-${weight}.ttf`), await subset(font, (latin.join("") + rest.join("")), { ...options, targetFormat: "sfnt" }));
    // `optional`: a font that comes too late for the first picture serves the next page. Swapped in, it would break lines
    // anew under the reader's finger (https://web.dev/articles/preload-optional-fonts).
    const face = (file, ranges) => `@font-face{font-family:"Fira Sans";font-weight:${weight};font-style:normal;font-display:optional;`
      + `src:url("./fonts/${file}") format("woff2");unicode-range:${unicodeRange(ranges)}}`;
    return face(`fira-${weight}.woff2`, LATIN) + face(`fira-${weight}-more.woff2`, more);
  }));
  return faces.join("");
}

/** The map is a bundle of its own, loaded only where one is: MapLibre with its worker beside it, as our policy asks for. */
async function places() {
  const [from, out] = [join(PLACES, "src"), join(PLACES, "build")];
  const hash = createHash("sha256");
  const files = (await readdir(from)).sort().map((name) => join(from, name));
  for (const file of [...files, fileURLToPath(import.meta.url), join(ROOT, "package-lock.json")]) hash.update(await readFile(file));
  const now = hash.digest("hex");
  if (now === await readFile(join(out, ".stamp"), "utf8").catch(() => "")) return;
  const esbuild = await import("esbuild");
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  const shared = { bundle: true, minify: true, legalComments: "none", logLevel: "warning", target: ["chrome109", "firefox115", "safari16"], nodePaths: [join(ROOT, "node_modules")] };
  await esbuild.build({ ...shared, entryPoints: [join(from, "places.css")], outdir: out });
  await esbuild.build({ ...shared, format: "esm", splitting: true, chunkNames: "map-[hash]", entryPoints: ["map.js", "picker.js", "line.js"].map((name) => join(from, name)), outdir: out });
  const worker = join(ROOT, "node_modules/maplibre-gl/dist/maplibre-gl-worker.mjs");
  await esbuild.build({ ...shared, format: "esm", entryPoints: { worker }, outdir: out });
  await writeFile(join(out, ".stamp"), now);
}

async function stamp() {
  const hash = createHash("sha256");
  const files = (await readdir(SOURCE, { recursive: true })).filter((name) => /\.(css|js)$/.test(name)).sort();
  for (const file of [...files.map((name) => join(SOURCE, name)), fileURLToPath(import.meta.url), join(ROOT, "package-lock.json")]) {
    hash.update(file.slice(ROOT.length)).update("\0").update(await readFile(file)).update("\0");
  }
  return hash.digest("hex");
}

async function build() {
  const now = await stamp();
  const before = await readFile(join(OUT, ".stamp"), "utf8").catch(() => "");
  if (now === before) return;
  const esbuild = await import("esbuild");
  await rm(OUT, { recursive: true, force: true });
  await mkdir(OUT, { recursive: true });
  const shared = { bundle: true, minify: true, legalComments: "none", logLevel: "warning", target: ["chrome109", "firefox115", "safari16"] };
  const ours = await esbuild.build({ ...shared, entryPoints: [join(SOURCE, "ui.css")], write: false });
  const css = ours.outputFiles[0].text;
  await writeFile(join(OUT, "ui.css"), `@layer kern;${await fonts()}${await kern(esbuild, css)}${css}`);
  await esbuild.build({ ...shared, format: "esm", entryPoints: [join(SOURCE, "ui.js")], outdir: OUT, nodePaths: [join(ROOT, "node_modules")] });
  await writeFile(join(OUT, ".stamp"), now);
}

await build();
await places();
