// "Select all" in a staff table: <input type="checkbox" data-select-all="name"> and a polite count in [data-selected].

document.addEventListener("change", ({ target }) => {
  const form = target.form;
  if (target.dataset.selectAll) {
    for (const box of form.querySelectorAll(`input[type=checkbox][name="${CSS.escape(target.dataset.selectAll)}"]`)) box.checked = target.checked;
  }
  const count = form?.querySelector("[data-selected]");
  if (!count) return;
  const number = form.querySelectorAll(`input[name="${CSS.escape(count.dataset.selected)}"]:checked`).length;
  count.textContent = count.dataset.text.replace("%n", number);
});
