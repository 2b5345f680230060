// The table of classes, how many there are, which colours they have, and one of them alone.

const SVG = "http://www.w3.org/2000/svg";

function element(name, content = {}, ...children) {
  const made = Object.assign(document.createElement(name), content);
  made.append(...children);
  return made;
}

function drawn(kind, box, width, fill) {
  const svg = document.createElementNS(SVG, "svg"), rect = document.createElementNS(SVG, "rect");
  for (const [key, value] of [["class", kind], ["viewBox", box], ["preserveAspectRatio", "none"], ["aria-hidden", "true"]]) svg.setAttribute(key, value);
  for (const [key, value] of [["width", width], ["height", 1]]) rect.setAttribute(key, value);
  if (fill) rect.setAttribute("fill", `rgb(${fill})`);
  svg.append(rect);
  return svg;
}

function makeLegend(data, png, picture) {
  const body = document.querySelector("#classes tbody"), slider = document.getElementById("level");
  const ground = [32, 37, 42, 0];
  const state = { level: data.own, colours: "colour", alone: 0 };
  let turn = 0;

  async function paint() {
    const level = data.levels[state.level], mine = ++turn;
    const colours = level.lookup.map((number) => {
      if (!number) return ground;
      return [...level.classes[number - 1][state.colours], !state.alone || state.alone === number ? 255 : 0];
    });
    const next = await decoded(recoloured(png, colours));
    // A later choice may have been quicker.
    if (mine !== turn) return URL.revokeObjectURL(next.src);
    const before = picture.src;
    picture.src = next.src;
    if (before.startsWith("blob:")) URL.revokeObjectURL(before);
    document.documentElement.dataset.painted = turn;
  }

  function fill() {
    const level = data.levels[state.level];
    document.getElementById("legend-title").textContent = level.title;
    if (slider) {
      slider.setAttribute("aria-valuetext", level.title);
      document.querySelectorAll(".stops span").forEach((stop, place) => stop.classList.toggle("now", place === state.level));
    }
    const most = Math.max(...level.classes.map((one) => one.part), 1e-9);
    body.replaceChildren(...level.classes.map((one, place) => {
      const button = element("button", { type: "button", title: `Show ${one.name} alone` },
        drawn("swatch", "0 0 1 1", 1, one[state.colours].join(",")), element("span", { className: "text", textContent: one.name }));
      button.setAttribute("aria-pressed", state.alone === place + 1);
      button.addEventListener("click", () => {
        state.alone = state.alone === place + 1 ? 0 : place + 1;
        body.querySelectorAll("button").forEach((other, number) => other.setAttribute("aria-pressed", state.alone === number + 1));
        paint();
      });
      return element("tr", { className: one.part ? "" : "empty" },
        element("th", { scope: "row" }, button),
        element("td", { className: "number", textContent: one.area }),
        element("td", { className: "number" }, one.share, drawn("bar", "0 0 1 1", one.part / most)));
    }));
  }

  // Which class a number of the picture belongs to now; its row is marked.
  function point(number) {
    const level = data.levels[state.level], found = number === undefined ? 0 : level.lookup[number];
    [...body.rows].forEach((row, place) => row.classList.toggle("pointed", place + 1 === found));
    return found ? level.classes[found - 1].name : number === 0 ? "No data" : "";
  }

  slider?.addEventListener("input", () => {
    state.level = Number(slider.value);
    state.alone = 0;
    fill();
    paint();
  });
  document.querySelectorAll("input[name=colours]").forEach((radio) => radio.addEventListener("change", () => {
    state.colours = radio.value;
    fill();
    paint();
  }));
  if (slider) slider.value = state.level;
  fill();
  return { point };
}
