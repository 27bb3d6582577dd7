// The page's colours, for canvases: they cannot read the style sheet's variables themselves.

/** A variable of the style sheet as `rgb(…)`, in the light or dark that is in force. */
export function colour(name, opacity = 1) {
  const [red, green, blue] = parts(name);
  return `rgba(${red}, ${green}, ${blue}, ${opacity})`;
}

/** The same as red, green and blue, 0 to 255. */
export function parts(name) {
  const probe = document.createElement("span");
  probe.className = `tint-${name}`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color.match(/[\d.]+/g).slice(0, 3).map(Number);
  probe.remove();
  return found;
}
