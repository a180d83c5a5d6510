// Rectangles over a picture, for the fields below it: drawn with mouse or finger, moved and sized with the keys.
// Everything is kept in the fields; without this script one types the numbers.

const stage = document.querySelector("[data-blur]");
const rows = [...document.querySelectorAll("[data-row]")];

if (stage && rows.length) {
  const SIDES = ["left", "top", "width", "height"];
  const STEP = 1;
  const SMALLEST = 1;
  const field = (row, side) => row.querySelector(`[data-side=${side}]`);
  const read = (row) => Object.fromEntries(SIDES.map((side) => [side, Number.parseFloat(field(row, side).value)]));
  const isFull = (row) => SIDES.every((side) => Number.isFinite(read(row)[side]));
  const isEmpty = (row) => SIDES.every((side) => field(row, side).value === "");
  const within = (value, low, high) => Math.min(Math.max(value, low), high);
  const write = (row, box) => {
    for (const side of SIDES) field(row, side).value = box ? Math.round(box[side] * 10) / 10 : "";
    show(row);
    tidy();
  };
  const boxes = new Map();
  // Only the rows in use, and one to go on with.
  const tidy = () => {
    const last = rows.findLastIndex((row) => !isEmpty(row));
    for (const [place, row] of rows.entries()) row.hidden = place > last + 1;
  };

  const show = (row) => {
    let box = boxes.get(row);
    if (!isFull(row)) {
      box?.remove();
      boxes.delete(row);
      return;
    }
    if (!box) {
      box = document.createElement("div");
      box.className = "blur-box";
      box.tabIndex = 0;
      box.setAttribute("role", "application");
      box.setAttribute("aria-describedby", "blur-help");
      box.addEventListener("keydown", (event) => keyed(event, row));
      box.addEventListener("pointerdown", (event) => dragged(event, row));
      boxes.set(row, box);
      stage.append(box);
    }
    const at = read(row);
    for (const side of SIDES) box.style[side] = `${at[side]}%`;
    box.setAttribute("aria-label", `${stage.dataset.label} ${rows.indexOf(row) + 1}: ${SIDES.map((side) => Math.round(at[side])).join(", ")} %`);
  };

  const keyed = (event, row) => {
    const moves = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };
    if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      write(row, null);
      field(row.hidden ? rows.find(isEmpty) : row, "left").focus();
      return;
    }
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    const at = read(row);
    if (event.shiftKey) {
      at.width = within(at.width + move[0], SMALLEST, 100 - at.left);
      at.height = within(at.height + move[1], SMALLEST, 100 - at.top);
    } else {
      at.left = within(at.left + move[0], 0, 100 - at.width);
      at.top = within(at.top + move[1], 0, 100 - at.height);
    }
    write(row, at);
  };

  const place = (event) => {
    const edge = stage.getBoundingClientRect();
    return [within(((event.clientX - edge.left) / edge.width) * 100, 0, 100), within(((event.clientY - edge.top) / edge.height) * 100, 0, 100)];
  };
  const follow = (event, moved, done) => {
    event.preventDefault();
    stage.setPointerCapture(event.pointerId);
    const stop = () => {
      stage.removeEventListener("pointermove", moved);
      done?.();
    };
    stage.addEventListener("pointermove", moved);
    stage.addEventListener("pointerup", stop, { once: true });
    stage.addEventListener("pointercancel", stop, { once: true });
  };
  const dragged = (event, row) => {
    event.stopPropagation();
    boxes.get(row).focus();
    const begun = place(event);
    const was = read(row);
    follow(event, (later) => {
      const [x, y] = place(later);
      write(row, { ...was, left: within(was.left + x - begun[0], 0, 100 - was.width), top: within(was.top + y - begun[1], 0, 100 - was.height) });
    });
  };

  stage.addEventListener("pointerdown", (event) => {
    const row = rows.find(isEmpty);
    if (!row || event.button !== 0) return;
    const [x, y] = place(event);
    follow(
      event,
      (later) => {
        const [x2, y2] = place(later);
        write(row, { left: Math.min(x, x2), top: Math.min(y, y2), width: Math.max(SMALLEST, Math.abs(x2 - x)), height: Math.max(SMALLEST, Math.abs(y2 - y)) });
      },
      () => boxes.get(row)?.focus(),
    );
  });
  for (const row of rows) {
    row.addEventListener("input", () => show(row));
    show(row);
  }
  document.querySelector("#form").addEventListener("change", tidy);
  tidy();
  const more = document.querySelector("[data-blur-more]");
  if (more) {
    more.hidden = false;
    more.addEventListener("click", () => {
      const row = rows.find(isEmpty);
      if (!row) return;
      write(row, { left: 40, top: 40, width: 20, height: 20 });
      boxes.get(row).focus();
    });
  }
}
