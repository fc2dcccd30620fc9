"use strict";
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0], heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const up = head.getAttribute("aria-sort") !== "ascending";
      heads.forEach((one) => one.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const key = (row) => row.cells[column].dataset.value ?? row.cells[column].textContent.trim();
      const compare = (a, b) => (a === "" || b === "") ? (a === "") - (b === "") : (up ? 1 : -1) *
        (isNaN(a) || isNaN(b) ? a.localeCompare(b) : a - b);
      body.append(...[...body.rows].sort((a, b) => compare(key(a), key(b))));
    });
  });
}
for (const field of document.querySelectorAll("input[data-filters]")) {
  field.closest("p").hidden = false;
  field.addEventListener("input", () => {
    for (const row of document.getElementById(field.dataset.filters).tBodies[0].rows)
      row.hidden = !row.textContent.toLowerCase().includes(field.value.toLowerCase());
  });
}
