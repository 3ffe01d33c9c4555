/** Lines over the last two minutes, as an SVG that stretches with its box. Reads the point under the pointer. */
const SVG = "http://www.w3.org/2000/svg";
const SPAN_MILLIS = 120_000;
const PAUSE_MILLIS = 5_000;
const HEIGHT = 100;

export class Chart {
  /** @type {{at: number}[]} */
  #points = [];

  /**
   * @param {HTMLElement} box
   * @param {((point: any) => number | undefined)[]} lines what each line shows of a point
   * @param {(value: number) => string} label writes the top of the scale
   * @param {(point: any) => void} [read] takes the point under the pointer, undefined once there is none
   */
  constructor(box, lines, label, read = () => {}) {
    this.lines = lines;
    this.label = label;
    this.svg = shape("svg", { viewBox: `0 0 ${SPAN_MILLIS} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" });
    this.shapes = lines.map((_, n) => [shape("path", { class: `area line-${n}` }), shape("path", { class: `line line-${n}` })]);
    this.cursor = shape("path", { class: "cursor" });
    this.svg.append(...this.shapes.flat(), this.cursor);
    this.scale = document.createElement("span");
    this.scale.className = "scale number";
    box.append(this.svg, this.scale);
    this.svg.addEventListener("pointermove", (event) => this.#point(event, read));
    this.svg.addEventListener("pointerleave", () => {
      this.cursor.removeAttribute("d");
      read(undefined);
    });
  }

  /** @param {{at: number}[]} points oldest first; the last one is now */
  draw(points) {
    this.#points = points;
    const now = points.at(-1)?.at ?? 0;
    const top = ceiling(Math.max(0, ...points.flatMap((point) => this.lines.map((line) => line(point) ?? 0))));
    this.scale.textContent = top > 0 ? this.label(top) : "";
    for (const [n, line] of this.lines.entries()) {
      const [area, stroke] = this.shapes[n];
      const x = (point) => SPAN_MILLIS - (now - point.at);
      const place = (point) => `${x(point)} ${(HEIGHT - (HEIGHT * line(point)) / (top || 1)).toFixed(2)}`;
      const pieces = unbroken(points, line).map((piece) => ({ line: piece.map(place).join("L"), from: x(piece[0]), to: x(piece.at(-1)) }));
      stroke.setAttribute("d", pieces.map((piece) => `M${piece.line}`).join(""));
      area.setAttribute("d", pieces.map((piece) => `M${piece.from} ${HEIGHT}L${piece.line}L${piece.to} ${HEIGHT}Z`).join(""));
    }
  }

  /** @param {PointerEvent} event @param {(point: any) => void} read */
  #point({ clientX }, read) {
    const now = this.#points.at(-1)?.at;
    if (now === undefined) return;
    const { left, width } = this.svg.getBoundingClientRect();
    const at = now - SPAN_MILLIS * (1 - (clientX - left) / width);
    const nearest = this.#points.reduce((best, one) => (Math.abs(one.at - at) < Math.abs(best.at - at) ? one : best));
    this.cursor.setAttribute("d", `M${SPAN_MILLIS - (now - nearest.at)} 0V${HEIGHT}`);
    read(nearest);
  }
}

/** The stretches without a pause, in which nobody looked or nothing was measured. @param {{at: number}[]} points @param {(point: any) => number | undefined} line */
function unbroken(points, line) {
  const pieces = [];
  let before;
  for (const point of points) {
    if (line(point) === undefined) before = undefined;
    else {
      if (!before || point.at - before.at > PAUSE_MILLIS) pieces.push([]);
      pieces.at(-1).push(point);
      before = point;
    }
  }
  return pieces.filter((piece) => piece.length > 1);
}

/** The next of 1, 2, 5, 10, 20 ... @param {number} value */
function ceiling(value) {
  if (value <= 0) return 0;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value) ?? value;
}

/** @param {string} name @param {Record<string, string>} attributes */
function shape(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
