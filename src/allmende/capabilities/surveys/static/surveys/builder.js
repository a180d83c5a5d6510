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
