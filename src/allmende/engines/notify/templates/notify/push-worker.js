{% comment %}The service worker of push notices: shows what was pushed and opens its page. It fetches and keeps nothing.{% endcomment %}
self.addEventListener("push", (event) => {
  let said = {};
  try { said = event.data ? event.data.json() : {}; } catch { said = {}; }
  event.waitUntil(self.registration.showNotification(String(said.title || ""), {
    tag: String(said.tag || ""), lang: String(said.lang || ""), data: { url: String(said.url || "/") },
  }));
});
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const url = new URL(event.notification.data.url, self.location.origin);
  if (url.origin === self.location.origin) event.waitUntil(self.clients.openWindow(url.href));
});
