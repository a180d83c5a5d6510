// Dragging ideas onto a theme. It only ticks the box, chooses the theme and sends the form that is there anyway, so that
// keyboard and plain form do exactly the same. Several ticked ideas go together.

const board = document.getElementById("board");
const drops = board?.querySelector(".board-drops");
if (drops && matchMedia("(pointer: fine)").matches) {
  drops.hidden = false;
  let dragged = null;
  board.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("[data-idea]");
    if (dragged) event.dataTransfer.setData("text/plain", dragged.dataset.idea);
  });
  for (const drop of drops.querySelectorAll("[data-drop]")) {
    drop.addEventListener("dragover", (event) => {
      if (!dragged) return;
      event.preventDefault();
      drop.classList.add("over");
    });
    drop.addEventListener("dragleave", () => drop.classList.remove("over"));
    drop.addEventListener("drop", (event) => {
      event.preventDefault();
      if (!dragged) return;
      const box = dragged.querySelector("input[name=ideas]");
      if (!box.checked) {
        for (const other of board.querySelectorAll("input[name=ideas]")) other.checked = other === box;
      }
      board.elements.target.value = drop.dataset.drop;
      board.requestSubmit();
    });
  }
}
