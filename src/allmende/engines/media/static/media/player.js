// The picture in sign language runs with the video: same time, same speed, starts and stops with it.
// Without this script both are players of their own. Its size has four steps, so that it can be made as large as needed.

const DRIFT = 0.25; // seconds that may lie between the two before the second is set anew
const LARGEST = 4;

function follow(film, sign) {
  const near = () => {
    if (Math.abs(sign.currentTime - film.currentTime) > DRIFT && film.currentTime <= (sign.duration || Infinity)) {
      sign.currentTime = film.currentTime;
    }
  };
  const start = () => { near(); sign.play().catch(() => { /* the browser wants a tap: its own controls are there */ }); };
  sign.muted = true;
  sign.controls = false;
  film.addEventListener("play", start);
  film.addEventListener("playing", start);
  film.addEventListener("pause", () => { sign.pause(); near(); });
  film.addEventListener("waiting", () => sign.pause());
  film.addEventListener("seeking", near);
  film.addEventListener("timeupdate", near);
  film.addEventListener("ratechange", () => { sign.playbackRate = film.playbackRate; });
  film.addEventListener("ended", () => sign.pause());
  sign.playbackRate = film.playbackRate;
  if (!film.paused) start(); // somebody was quicker than this script
}

function tools(stage) {
  const row = document.createElement("div");
  row.className = "film__tools";
  let size = 1, shown = true;
  const button = (label, press) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "kern-btn kern-btn--tertiary";
    made.innerHTML = '<span class="kern-label"></span>';
    made.firstChild.textContent = label;
    made.addEventListener("click", press);
    row.append(made);
    return made;
  };
  const show = () => {
    stage.dataset.size = shown ? String(size) : "0";
    smaller.setAttribute("aria-disabled", String(!shown || size === 1));
    larger.setAttribute("aria-disabled", String(!shown || size === LARGEST));
    hide.firstChild.textContent = shown ? stage.dataset.hide : stage.dataset.show;
  };
  const larger = button(stage.dataset.larger, () => { if (shown && size < LARGEST) { size += 1; show(); } });
  const smaller = button(stage.dataset.smaller, () => { if (shown && size > 1) { size -= 1; show(); } });
  const hide = button(stage.dataset.hide, () => { shown = !shown; show(); });
  stage.append(row);
  show();
}

for (const stage of document.querySelectorAll("[data-film]:not([data-ready])")) {
  const sign = stage.querySelector("[data-sign]");
  const film = stage.querySelector("video:not([data-sign])");
  if (!sign || !film) continue;
  stage.dataset.ready = "";
  follow(film, sign);
  tools(stage);
}
