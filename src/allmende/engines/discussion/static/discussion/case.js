// The page of one case. Everything works without this script.
//
// Shortcuts: shown on the page, always with Alt and Shift, and a button switches them off on this device (practice.md 18).
// Letters: choosing a rule puts its beginning into an empty reason, never over what somebody wrote.

const STORE = "moderation:keys";
const box = document.querySelector("[data-keys]");
const off = () => { try { return localStorage.getItem(STORE) === "off"; } catch { return false; } };

function show() {
  const button = box.querySelector("[data-keys-switch]");
  button.setAttribute("aria-pressed", String(!off()));
  button.textContent = off() ? button.dataset.on : button.dataset.off;
  for (const target of document.querySelectorAll("[data-shortcut]")) {
    if (off()) target.removeAttribute("aria-keyshortcuts");
    else target.setAttribute("aria-keyshortcuts", `Alt+Shift+${target.dataset.shortcut.slice(3)}`);
  }
}

if (box) {
  box.hidden = false;
  show();
  box.querySelector("[data-keys-switch]").addEventListener("click", () => {
    try { localStorage.setItem(STORE, off() ? "on" : "off"); } catch { /* a full or forbidden store changes nothing */ }
    show();
  });
  document.addEventListener("keydown", (event) => {
    if (off() || !event.altKey || !event.shiftKey || event.ctrlKey || event.metaKey) return;
    const target = document.querySelector(`[data-shortcut="${CSS.escape(event.code)}"]`);
    if (!target) return;
    event.preventDefault();
    if (target.localName !== "summary") return target.click();
    target.parentElement.open = true;
    target.parentElement.querySelector("input:not([type=hidden]), textarea, select")?.focus();
  });
}

const letters = document.querySelector("[data-letters]");
const reason = letters?.closest("form").querySelector('textarea[name$="reason"]');
letters?.closest("form").addEventListener("change", ({ target }) => {
  if (target.type !== "radio") return;
  const all = [...letters.children].map((row) => row.textContent);
  if (reason.value.trim() && !all.includes(reason.value)) return;
  reason.value = letters.querySelector(`[data-rule="${CSS.escape(target.value)}"]`)?.textContent ?? "";
  reason.dispatchEvent(new Event("input", { bubbles: true }));
});
