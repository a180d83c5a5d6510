// Says what is left of money or points while one fills in a ballot paper. Nothing is checked or refused here: the form
// works the same without it.

const rest = document.getElementById("rest");
const form = document.getElementById("ballot");
const budget = Number(rest?.dataset.budget || 0);
const points = Number(rest?.dataset.points || 0);

if (form && (budget || points)) {
  const language = document.documentElement.lang || "de";
  const money = new Intl.NumberFormat(language, { style: "currency", currency: "EUR", minimumFractionDigits: 0 });
  const plain = new Intl.NumberFormat(language);
  const words = (amount) => (budget ? money.format(amount / 100) : rest.dataset.wordsPoints.replace("%n", plain.format(amount)));
  const spent = () => {
    let sum = 0;
    if (budget) for (const box of form.querySelectorAll("[data-cost]:checked")) sum += Number(box.dataset.cost);
    else for (const field of form.querySelectorAll(".points")) sum += Math.max(0, Math.trunc(Number(field.value) || 0));
    return sum;
  };
  const tell = () => {
    const left = (budget || points) - spent();
    rest.hidden = false;
    rest.classList.toggle("over", left < 0);
    rest.textContent = (left < 0 ? rest.dataset.wordsOver : rest.dataset.wordsLeft).replace("%n", words(Math.abs(left)));
  };
  form.addEventListener("change", tell);
  tell();
}
