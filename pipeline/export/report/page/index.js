"use strict";

document.documentElement.classList.add("js");

{
  const list = document.getElementById("scenes");
  document.getElementById("sort")?.addEventListener("change", (event) => {
    const key = event.target.value, items = [...list.children];
    // Names rise; what counts something begins with the most.
    items.sort((one, other) => key === "name"
      ? one.dataset.name.localeCompare(other.dataset.name, undefined, { numeric: true })
      : other.dataset[key] - one.dataset[key]);
    list.append(...items);
  });
}
