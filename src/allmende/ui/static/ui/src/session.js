// Two minutes before a session ends the page says so; one key extends it (practice.md 14, WCAG 2.2.1).
// <div id="session" data-ends="unix seconds" data-extend="/url/" hidden> holds the words and one button.
import { announce } from "./status.js";

const box = document.getElementById("session");
const BEFORE = 120;
let end;

function plan(ends) {
  const wait = (ends - BEFORE) * 1000 - Date.now();
  if (wait > 2 ** 31 - 1) return; // a browser's timer holds 24 days
  setTimeout(() => {
    box.hidden = false;
    announce(box.querySelector("p").textContent);
  }, Math.max(0, wait));
  // A terminal shows nobody the page of who was there before.
  clearTimeout(end);
  if (document.documentElement.hasAttribute("data-kiosk")) end = setTimeout(() => location.assign("/"), wait + BEFORE * 1000);
}

if (box) {
  plan(Number(box.dataset.ends));
  box.querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = event.target;
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), credentials: "same-origin" }).catch(() => null);
    if (!answer?.ok) return form.submit();
    const { ends, text } = await answer.json();
    const back = document.querySelector("main h1");
    box.hidden = true;
    if (box.contains(document.activeElement) || document.activeElement === document.body) {
      back?.setAttribute("tabindex", "-1");
      back?.focus();
    }
    announce(text);
    plan(ends);
  });
}
