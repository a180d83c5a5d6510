// Conditions with fewer fields to look at: which answers belong to the chosen question, and whether a word or number is
// needed. Without it all four fields are there and the server reads what belongs together.

for (const clause of document.querySelectorAll(".builder-clause")) {
  const [question, test, answer, value] = clause.querySelectorAll("select, input");
  const box = (control) => control.closest(".kern-form-input");
  const groups = [...answer.querySelectorAll("optgroup")];
  const owned = (group) => [...group.children].some((option) => option.value.startsWith(`${question.value}/`));
  const settle = () => {
    const chosen = question.value !== "";
    const open = ["answered", "unanswered"].includes(test.value);
    const own = groups.find(owned);
    for (const group of groups) group.hidden = group.disabled = group !== own;
    if (answer.selectedOptions[0]?.parentElement.disabled) answer.value = "";
    box(test).hidden = !chosen;
    box(answer).hidden = !chosen || open || !own;
    box(value).hidden = !chosen || open || Boolean(own);
  };
  question.addEventListener("change", settle);
  test.addEventListener("change", settle);
  settle();
}

// Answers one by one: the same buttons in place. A line is moved by what stands in it, so names and numbers stay.

const announce = (text) => document.dispatchEvent(new CustomEvent("status", { detail: { text } }));

for (const box of document.querySelectorAll("[data-lines]")) {
  const key = box.dataset.lines, list = box.querySelector("ol"), number = box.querySelector(`[name="${key}-n"]`);
  const items = () => [...list.children];
  const [text, was] = [(item) => item.querySelector("input:not([type=hidden])"), (item) => item.querySelector("input[type=hidden]")];
  const read = () => items().map((item) => [text(item).value, was(item).value]);
  const label = (at) => text(items()[at]).value || String(at + 1);

  /** The buttons of a line are called by what stands in it. */
  function relabel(item, at) {
    for (const button of item.querySelectorAll("button")) {
      const [verb] = button.getAttribute("aria-label").split(":");
      button.setAttribute("aria-label", `${verb}: ${text(item).value || at + 1}`);
    }
  }

  /** Puts these lines in place: makes or drops what is needed, names all of it by its number. */
  function write(pairs) {
    while (list.children.length < pairs.length) list.append(list.lastElementChild.cloneNode(true));
    while (list.children.length > pairs.length) list.lastElementChild.remove();
    number.value = String(pairs.length);
    items().forEach((item, at) => {
      const field = text(item);
      [field.value, was(item).value] = pairs[at];
      field.removeAttribute("autofocus");
      field.name = `${key}-${at}`;
      was(item).name = `${key}-${at}-was`;
      field.id = at ? `id_${key}-${at}` : `id_${key}`;
      const name = item.querySelector("label");
      name.htmlFor = field.id;
      name.textContent = box.dataset.label.replace("%n", at + 1);
      relabel(item, at);
      for (const button of item.querySelectorAll("button")) {
        button.value = `${key}:${button.dataset.verb}:${at}`;
        button.disabled = (button.dataset.verb === "up" && !at) || (button.dataset.verb === "down" && at + 1 === pairs.length);
      }
    });
  }

  function insert(at) {
    const pairs = read();
    pairs.splice(at, 0, ["", ""]);
    write(pairs);
    text(items()[at]).focus();
  }

  box.addEventListener("click", (event) => {
    const button = event.target.closest("[data-verb]");
    if (!button) return;
    event.preventDefault();
    const { verb } = button.dataset;
    if (verb === "add") { insert(list.children.length); return; }
    const at = items().indexOf(button.closest("li")), pairs = read();
    if (verb === "remove") {
      pairs.splice(at, 1);
      write(pairs.length ? pairs : [["", ""]]);
      text(items()[Math.min(at, list.children.length - 1)]).focus();
      return;
    }
    const to = at + (verb === "up" ? -1 : 1);
    pairs.splice(to, 0, ...pairs.splice(at, 1));
    write(pairs);
    const there = items()[to].querySelector(`[data-verb="${verb}"]`);
    (there.disabled ? text(items()[to]) : there).focus();
    announce(`${box.dataset.label.replace("%n", to + 1)}: ${label(to)}`);
  });

  list.addEventListener("input", (event) => {
    const item = event.target.closest("li");
    relabel(item, items().indexOf(item));
  });

  list.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target !== text(event.target.closest("li"))) return;
    event.preventDefault();
    insert(items().indexOf(event.target.closest("li")) + 1);
  });
}
