// Light or dark, before anything is drawn: as the reader's system is, unless they chose otherwise here.
{
  const chosen = localStorage.getItem("theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
}
