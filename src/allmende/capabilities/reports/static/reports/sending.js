// Drafts of reports: kept in this browser, sent when there is a network. Used by the page and by its service worker.
// The same draft sent twice is one report: its number is made here, once, and the server holds to it.

self.reportDrafts = (() => {
  const asked = (request) => new Promise((good, bad) => {
    request.onsuccess = () => good(request.result);
    request.onerror = () => bad(request.error);
  });

  async function store(mode, deed) {
    const opening = indexedDB.open("meldungen", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("drafts", { keyPath: "id" });
    const database = await asked(opening);
    try {
      const transaction = database.transaction("drafts", mode);
      const done = new Promise((good, bad) => { transaction.oncomplete = good; transaction.onerror = transaction.onabort = () => bad(transaction.error); });
      const found = await asked(deed(transaction.objectStore("drafts")));
      await done;
      return found;
    } finally {
      database.close();
    }
  }

  const all = async () => (await store("readonly", (drafts) => drafts.getAll())).sort((one, other) => other.made - one.made);
  const get = (id) => store("readonly", (drafts) => drafts.get(id));
  const put = (draft) => store("readwrite", (drafts) => drafts.put(draft));
  const remove = (id) => store("readwrite", (drafts) => drafts.delete(id));

  /** Names of what is missing before it can be sent. */
  const missing = (draft) => [
    draft.words?.trim() ? "" : "words", draft.place?.trim() || draft.point ? "" : "place", draft.category ? "" : "category",
  ].filter(Boolean);

  async function solve(challenge, difficulty) {
    if (!self.crypto?.subtle) return "";
    for (let nonce = 0; ; nonce += 1) {
      const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`${challenge}:${nonce}`)));
      let bits = 0;
      for (const byte of bytes) {
        if (byte) { bits += Math.clz32(byte) - 24; break; }
        bits += 8;
      }
      if (bits >= difficulty) return String(nonce);
    }
  }

  /** Sends one draft; returns what it then is. Throws while there is no network, or the server is busy. */
  async function send(draft, address) {
    const begun = await (await fetch(address, { credentials: "same-origin", cache: "no-store" })).json();
    const data = new FormData();
    for (const name of ["words", "place", "point", "detail", "category", "email", "photo_ticket"]) data.set(name, draft[name] ?? "");
    data.set("draft", draft.id);
    if (draft.photo) data.set("photo", draft.photo, draft.photoName || "foto.jpg");
    data.set("_challenge", begun.challenge);
    data.set("_proof", await solve(begun.challenge, begun.difficulty));
    data.set("csrfmiddlewaretoken", begun.token);
    const answer = await fetch(address, { method: "POST", body: data, credentials: "same-origin" });
    if (answer.status === 422) return { ...draft, state: "wrong", problems: (await answer.json()).problems };
    if (!answer.ok) throw new Error(String(answer.status));
    const { number, url } = await answer.json();
    return { id: draft.id, made: draft.made, words: draft.words, place: draft.place, state: "sent", number, url };
  }

  /** Everything that is ready, one after the other. Returns how many were sent; throws when some still wait. */
  async function sendAll(address) {
    let sent = 0;
    let failed = null;
    for (const draft of await all()) {
      if (draft.state !== "ready") continue;
      try {
        const after = await send(draft, address);
        if (await get(draft.id)) await put(after); // somebody may have deleted it meanwhile
        if (after.state === "sent") sent += 1;
      } catch (error) {
        failed = error;
      }
    }
    if (failed) throw failed;
    return sent;
  }

  return { all, get, put, remove, missing, sendAll };
})();
