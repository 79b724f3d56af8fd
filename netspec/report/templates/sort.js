for (const table of document.querySelectorAll("table.sorts")) {
  const body = table.tBodies[0], heads = [...table.tHead.rows[0].cells]
  heads.forEach((head, place) => {
    const button = document.createElement("button")
    button.type = "button"
    button.append(...head.childNodes)
    head.append(button)
    button.onclick = () => {
      const down = head.getAttribute("aria-sort") === "ascending"
      heads.forEach(other => other.removeAttribute("aria-sort"))
      head.setAttribute("aria-sort", down ? "descending" : "ascending")
      const key = row => row.cells[place].dataset.v ?? row.cells[place].textContent.trim()
      const compare = (one, other) => {
        const a = key(one), b = key(other)
        if (a === "" || b === "") return (a === "") - (b === "")
        const found = isNaN(a) || isNaN(b) ? a.localeCompare(b) : a - b
        return down ? -found : found
      }
      body.append(...[...body.rows].sort(compare))
    }
  })
}
