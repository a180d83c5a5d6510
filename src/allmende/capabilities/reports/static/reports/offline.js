// On the report form: lets this browser keep the page of drafts, and says when some wait here.

const place = document.querySelector("[data-drafts]");
const words = place.dataset;

if ("serviceWorker" in navigator) navigator.serviceWorker.register(words.worker, { scope: words.scope }).catch(() => undefined);
if ("indexedDB" in window) {
  const waiting = (await reportDrafts.all().catch(() => [])).filter((draft) => draft.state !== "sent");
  if (waiting.length) {
    place.querySelector("[data-count]").textContent = String(waiting.length);
    place.hidden = false;
    if (navigator.onLine) reportDrafts.sendAll(words.send).catch(() => undefined);
  }
}
