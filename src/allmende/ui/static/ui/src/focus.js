// After every partial update the focus is somewhere sensible, never lost to <body> (practice.md 12):
//   data-focus="#id" on the trigger  that element
//   data-more on the trigger         the first new heading
//   a row that went away             the next row, else the one before, else the list's heading
//   anything else                    the same element again, else its successor, else the updated region

const HEADING = "h1, h2, h3, h4, h5, h6";
const REACHABLE = "a[href], button:not(:disabled), input:not([type=hidden]):not(:disabled), select, textarea, summary";
let plan = null;

export function focusOn(element) {
  if (!element) return false;
  if (!element.matches(REACHABLE) && !element.hasAttribute("tabindex")) element.setAttribute("tabindex", "-1");
  element.focus();
  return document.activeElement === element;
}

const lost = () => !document.activeElement || document.activeElement === document.body || !document.activeElement.isConnected;

function rowOf(element) {
  return element?.closest("li, tr, article");
}

function marked(fragment) {
  const first = fragment?.querySelector?.(HEADING) ?? fragment?.querySelector?.(REACHABLE);
  first?.setAttribute("data-first-new", "");
}

document.addEventListener("htmx:before:swap", ({ detail }) => {
  const { ctx, tasks } = detail;
  const source = ctx.sourceElement;
  const target = tasks?.[0]?.target ?? ctx.target;
  const row = rowOf(target);
  const list = row?.parentElement;
  plan = {
    wanted: source?.dataset?.focus,
    more: source?.hasAttribute?.("data-more"),
    id: document.activeElement?.id || source?.id,
    inside: target?.contains?.(document.activeElement) ?? false,
    target,
    targetId: target?.id,
    near: row ? [row.nextElementSibling, row.previousElementSibling] : [],
    listHeading: list?.closest("section, [aria-labelledby]")?.querySelector(HEADING) ?? null,
  };
  if (plan.more) marked(tasks?.[0]?.fragment);
});

document.addEventListener("htmx:after:swap", () => {
  const now = plan;
  plan = null;
  if (!now) return;
  if (now.wanted && focusOn(document.querySelector(now.wanted))) return;
  if (now.more) {
    const first = document.querySelector("[data-first-new]");
    first?.removeAttribute("data-first-new");
    if (focusOn(first)) return;
  }
  if (!lost()) return;
  const again = now.id && document.getElementById(now.id);
  if (again && focusOn(again)) return;
  const region = now.target?.isConnected ? now.target : document.getElementById(now.targetId);
  if (region?.isConnected) {
    focusOn(region.querySelector("[autofocus]") ?? region.querySelector(HEADING) ?? region.querySelector(REACHABLE) ?? region);
    if (!lost()) return;
  }
  for (const row of now.near) {
    if (row?.isConnected && focusOn(row.querySelector(HEADING)?.querySelector("a") ?? row.querySelector(REACHABLE) ?? row)) return;
  }
  focusOn(now.listHeading?.isConnected ? now.listHeading : document.querySelector("main h1, main"));
});
