// Lets this browser receive pushes: only after the box is ticked and the button pressed is its maker contacted.

const form = document.querySelector("form[data-push-key]");
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const say = (words) => { document.getElementById("status").textContent = words; };

async function subscribe() {
  const asked = await Notification.requestPermission();
  if (asked !== "granted") return say(form.dataset.denied);
  const worker = await navigator.serviceWorker.register(form.dataset.worker);
  await navigator.serviceWorker.ready.catch(() => undefined);
  const found = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(form.dataset.pushKey) });
  form.elements.endpoint.value = found.endpoint;
  form.elements.p256dh.value = text(found.getKey("p256dh"));
  form.elements.auth.value = text(found.getKey("auth"));
  form.elements.label.value = form.dataset.label;
  return form.submit();
}

if (form) {
  const able = form.dataset.pushKey && "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
  if (!able) say(form.dataset.unable);
  form.addEventListener("submit", (event) => {
    if (!able || !form.elements.agreed.checked || form.elements.endpoint.value) return;
    event.preventDefault();
    subscribe().catch(() => say(form.dataset.unable));
  });
}
