// Menus are <details>: Escape closes them and gives the focus back; a click elsewhere closes those that float.

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.activeElement?.closest("details[data-menu][open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});
document.addEventListener("click", ({ target }) => {
  for (const open of document.querySelectorAll("details[data-menu='float'][open]")) if (!open.contains(target)) open.open = false;
});
