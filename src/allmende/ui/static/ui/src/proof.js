// Proof of work against spam (practice.md 15): starts by itself when one begins to write (data-proof-now: at once,
// where nothing need be written), has no focus stop and asks nothing.
// Whoever has no script just sends the form; the post then goes to moderation, never to an error.

async function hashed(text) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}

function zeros(bytes) {
  let bits = 0;
  for (const byte of bytes) {
    if (byte) return bits + Math.clz32(byte) - 24;
    bits += 8;
  }
  return bits;
}

async function solve(challenge, difficulty) {
  for (let nonce = 0; ; nonce += 1) {
    if (zeros(await hashed(`${challenge}:${nonce}`)) >= difficulty) return String(nonce);
    if (nonce % 200 === 199) await new Promise((go) => setTimeout(go));
  }
}

for (const field of document.querySelectorAll("input[data-proof]")) {
  if (!globalThis.crypto?.subtle) break; // plain http on another host: the post goes to moderation
  const begin = async () => {
    field.value = await solve(field.dataset.proof, Number(field.dataset.difficulty));
  };
  if ("proofNow" in field.dataset) begin();
  else field.form?.addEventListener("input", begin, { once: true });
}
