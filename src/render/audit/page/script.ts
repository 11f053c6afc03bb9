/**
 * The script of the report: makes headings sort and shows the filter. It moves and hides rows that are there; it
 * makes no HTML, asks nothing of the network, and without it the report is whole.
 */
export const script = `"use strict";
(() => {
  const said = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.key ?? cell.textContent.trim();
  };
  const order = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  for (const table of document.querySelectorAll("table[data-sort]")) {
    const headings = [...table.tHead.rows[0].cells];
    headings.forEach((heading, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = heading.textContent;
      heading.replaceChildren(button);
      button.addEventListener("click", () => {
        const down = heading.getAttribute("aria-sort") === "ascending";
        for (const other of headings) other.removeAttribute("aria-sort");
        heading.setAttribute("aria-sort", down ? "descending" : "ascending");
        const body = table.tBodies[0];
        const rows = [...body.rows].map((row) => ({ row, key: said(row, column) }));
        rows.sort((a, b) => (down ? order.compare(b.key, a.key) : order.compare(a.key, b.key)));
        body.append(...rows.map(({ row }) => row));
      });
    });
  }
  const filter = document.getElementById("filter");
  if (filter === null) return;
  const rows = [...document.querySelectorAll("#findings-table tbody tr")];
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const words = document.getElementById("filter-text");
  const boxes = [...filter.querySelectorAll("input[type=checkbox]")];
  const shown = document.getElementById("filter-shown");
  const apply = () => {
    const wanted = words.value.toLowerCase().split(/\\s+/).filter((word) => word !== "");
    const severities = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    let count = 0;
    rows.forEach((row, i) => {
      const take = severities.has(row.dataset.severity) && wanted.every((word) => texts[i].includes(word));
      row.hidden = !take;
      if (take) count++;
    });
    shown.textContent = count + " of " + rows.length + " shown";
  };
  filter.hidden = false;
  filter.addEventListener("submit", (event) => event.preventDefault());
  filter.addEventListener("input", apply);
  apply();
})();
`;
