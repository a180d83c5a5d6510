// Dragging impulses onto a goal: ticks them, chooses the goal and leads to the reason, which nobody can drag. Keyboard and
// plain form do exactly the same. Several ticked impulses go together.

const form = document.getElementById("ordering");
const drops = form?.querySelector(".ordering-drops");
if (drops && matchMedia("(pointer: fine)").matches) {
  drops.hidden = false;
  let dragged = null;
  form.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("[data-impulse]");
    if (dragged) event.dataTransfer.setData("text/plain", dragged.dataset.impulse);
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
      drop.classList.remove("over");
      if (!dragged) return;
      const box = dragged.querySelector("input[name=impulses]");
      if (!box.checked) {
        for (const other of form.querySelectorAll("input[name=impulses]")) other.checked = other === box;
        box.dispatchEvent(new Event("change", { bubbles: true }));
      }
      form.elements.goal.value = drop.dataset.drop;
      form.elements.reason.focus();
    });
  }
}
