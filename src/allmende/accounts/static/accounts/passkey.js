// Passkeys: asks the device and sends its answer with the form. Forms that need it stay hidden where there are none.
//
// <form data-passkey="create|get" data-options="…">, or data-fetch="address" that gives the options when they are needed.

const decode = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const encode = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const described = (list) => (list ?? []).map((one) => ({ ...one, id: decode(one.id) }));

/** The options of the server in the shape that the browser wants: bytes instead of text. */
function prepared({ publicKey }) {
  const options = { ...publicKey, challenge: decode(publicKey.challenge) };
  if (publicKey.user) options.user = { ...publicKey.user, id: decode(publicKey.user.id) };
  if (publicKey.excludeCredentials) options.excludeCredentials = described(publicKey.excludeCredentials);
  if (publicKey.allowCredentials) options.allowCredentials = described(publicKey.allowCredentials);
  return { publicKey: options };
}

/** The device's answer as text (WebAuthn Level 3, RegistrationResponseJSON and AuthenticationResponseJSON). */
function told(credential) {
  const { response } = credential;
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]
    .filter((name) => response[name]).map((name) => [name, encode(response[name])]);
  return JSON.stringify({
    id: credential.id,
    rawId: encode(credential.rawId),
    type: credential.type,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: { ...Object.fromEntries(parts), ...(response.getTransports ? { transports: response.getTransports() } : {}) },
  });
}

function say(form, name) {
  const problem = form.querySelector("[data-problem]");
  problem.textContent = problem.dataset[name];
  problem.hidden = false;
  document.dispatchEvent(new CustomEvent("status", { detail: { text: problem.textContent } }));
}

async function options(form) {
  if (!form.dataset.fetch) return JSON.parse(form.dataset.options);
  const answer = await fetch(form.dataset.fetch, { headers: { Accept: "application/json" }, credentials: "same-origin" });
  if (!answer.ok) throw new Error(String(answer.status));
  return (await answer.json()).request_options;
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const able = Boolean(globalThis.PublicKeyCredential && navigator.credentials);
  if (able) form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!able) return say(form, "missing");
    try {
      const asked = prepared(await options(form));
      const credential = await navigator.credentials[form.dataset.passkey](asked);
      form.elements.credential.value = told(credential);
    } catch {
      return say(form, "failed");
    }
    form.submit();
  });
}
