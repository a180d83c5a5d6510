// Sends a large file in pieces before its form is sent; a piece that is lost is sent again, also after a broken connection.
// Without this script the form itself carries the file, as far as the server takes it (about 30 MB).

const TRIES = 8;
const wait = (milliseconds) => new Promise((done) => { setTimeout(done, milliseconds); });

async function send(form, file, tell) {
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const headers = { "X-CSRFToken": token };
  const begun = await fetch(form.dataset.begin, { method: "POST", headers, body: new URLSearchParams({ size: file.size }) });
  const answer = await begun.json();
  if (!begun.ok) throw new Error(answer.error);
  let at = 0;
  for (let failures = 0; at < file.size;) {
    tell(at);
    try {
      const sent = await fetch(form.dataset.part, {
        method: "POST",
        headers: { ...headers, "Upload-Ticket": answer.ticket, "Upload-Offset": String(at), "Content-Type": "application/octet-stream" },
        body: file.slice(at, at + answer.piece),
      });
      const got = await sent.json();
      if (typeof got.received !== "number") throw Object.assign(new Error(got.error), { final: sent.status < 500 });
      at = got.received;
      failures = 0;
    } catch (error) {
      failures += 1;
      if (error.final || failures > TRIES) throw error;
      await wait(500 * 2 ** Math.min(failures, 5));
    }
  }
  tell(at);
  return answer.ticket;
}

for (const form of document.querySelectorAll("form[data-begin]")) {
  const input = form.querySelector("input[type=file]");
  const hidden = form.querySelector("[name=upload]");
  const box = form.querySelector("[data-send]");
  form.addEventListener("submit", async (event) => {
    const file = input.files[0];
    if (!file || form.dataset.sending) { if (form.dataset.sending) event.preventDefault(); return; }
    event.preventDefault();
    if (file.size > Number(form.dataset.limit)) {
      box.hidden = false;
      box.querySelector("p").textContent = form.dataset.large;
      return;
    }
    form.dataset.sending = "1";
    box.hidden = false;
    const bar = box.querySelector("progress");
    const line = box.querySelector("p");
    const mega = (bytes) => Math.round(bytes / 1048576).toLocaleString(document.documentElement.lang);
    bar.max = file.size;
    try {
      hidden.value = await send(form, file, (at) => {
        bar.value = at;
        line.textContent = form.dataset.progress.replace("%1", mega(at)).replace("%2", mega(file.size));
      });
      input.value = "";
      form.submit();
    } catch (error) {
      line.textContent = error.message && error.final !== false ? error.message : form.dataset.lost;
    } finally {
      delete form.dataset.sending;
    }
  });
}
