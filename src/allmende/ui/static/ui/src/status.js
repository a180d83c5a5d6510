// One message per action, in the one status region that stood empty in the first HTML (practice.md 13).
// The server sends it as the event `status` in the HX-Trigger header (see ui.views.announce).

export function announce(text) {
  const region = document.getElementById("status");
  if (!region) return;
  region.textContent = "";
  // A screen reader notices a change only when the emptying has been rendered before.
  requestAnimationFrame(() => setTimeout(() => { region.textContent = text; }, 60));
}

document.addEventListener("status", ({ detail }) => announce(detail?.text ?? detail?.value ?? ""));
document.addEventListener("htmx:error", () => {
  announce(document.getElementById("status")?.dataset.lost ?? "");
});
