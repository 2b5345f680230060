// Puts the page together.

document.documentElement.classList.add("js");

{
  const data = JSON.parse(document.getElementById("data").textContent);
  const picture = document.querySelector("#over img"), png = readPng(picture.src);
  const map = makeView(document.getElementById("view"));
  listen(map);
  const legend = makeLegend(data, png, picture);

  // Times stand in a section of their own, and are shown above from there.
  // Times are not always known.
  for (const copy of document.querySelectorAll("[data-copy]")) copy.textContent = document.getElementById(copy.dataset.copy)?.textContent ?? "";
  for (const copy of document.querySelectorAll("[data-copied]")) copy.hidden = !copy.textContent.trim() || !document.getElementById("total");

  const under = document.getElementById("under"), hint = document.getElementById("hint");
  let numbers;
  const tell = async (event) => {
    numbers ??= readNumbers(png, data.levels[0].lookup.length);
    const { width, height, numbers: all } = await numbers;
    const [x, y] = map.placeOf(event.clientX, event.clientY);
    const inside = x >= 0 && y >= 0 && x < width && y < height;
    const name = legend.point(inside ? all[y * width + x] : undefined);
    under.textContent = name;
    hint.hidden = Boolean(name);
  };
  map.view.addEventListener("pointermove", tell);
  map.view.addEventListener("pointerdown", tell);
  map.view.addEventListener("pointerleave", () => {
    legend.point();
    under.textContent = "";
    hint.hidden = false;
  });

  const tiles = document.querySelector(".tiles svg"), tile = document.getElementById("tile"), range = tile?.textContent;
  const choose = (event) => {
    const rect = event.target.closest("rect");
    tiles.querySelector(".chosen")?.classList.remove("chosen");
    rect?.classList.add("chosen");
    tile.textContent = rect ? rect.querySelector("title").textContent : range;
  };
  tiles?.addEventListener("pointerover", choose);
  tiles?.addEventListener("pointerleave", choose);
}
