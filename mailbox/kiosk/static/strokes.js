// A drawing as its strokes, on a paper of its own measure, so that it stays whole on a screen of any size and each
// step can be taken back. Knows no page.
export const ERASER = "eraser";
// An eraser a little wider than the pen that it mends.
const ERASER_WIDER = 2;

export class Strokes {
  constructor() { this.empty(); }

  // Forget the drawing and every step of it.
  empty() { this.steps = []; this.undone = []; }

  get canUndo() { return this.steps.length > 0; }
  get canRedo() { return this.undone.length > 0; }
  // Whether nothing lies on the paper since it was cleared; what was drawn and erased again is for the pixels to say.
  get isBlank() { return !laid(this.steps).some((step) => step.colour !== ERASER); }

  begin(colour, width, point) {
    this.undone = [];
    this.steps.push({ colour, width, points: [point] });
  }

  // Add a point and return the piece of the stroke that is new, for painting it alone.
  extend(point) {
    const { points, ...pen } = this.steps[this.steps.length - 1];
    points.push(point);
    return { ...pen, points: points.slice(-3) };
  }

  clear() {
    if (this.isBlank) return;
    this.undone = [];
    this.steps.push({ isClear: true });
  }

  undo() { if (this.canUndo) this.undone.push(this.steps.pop()); }
  redo() { if (this.canRedo) this.steps.push(this.undone.pop()); }

  paint(context) { laid(this.steps).forEach((step) => paintStroke(context, step)); }
}

// The steps that lie on the paper: those after it was last cleared.
function laid(steps) {
  const cleared = steps.map((step) => Boolean(step.isClear)).lastIndexOf(true);
  return steps.slice(cleared + 1);
}

// Draw one stroke: a dot where it has one point, else a line that is round at each of them.
export function paintStroke(context, { colour, width, points }) {
  const isEraser = colour === ERASER;
  context.globalCompositeOperation = isEraser ? "destination-out" : "source-over";
  context.strokeStyle = isEraser ? "#000" : colour;
  context.lineWidth = isEraser ? width * ERASER_WIDER : width;
  context.lineCap = "round";
  context.lineJoin = "round";
  context.beginPath();
  context.moveTo(points[0].x, points[0].y);
  points.slice(1).forEach((point, place) => {
    const from = points[place];
    // Through the middles of its pieces a line bends as a hand does.
    context.quadraticCurveTo(from.x, from.y, (from.x + point.x) / 2, (from.y + point.y) / 2);
  });
  const last = points[points.length - 1];
  // A line without length is not drawn, and a dot is one.
  context.lineTo(last.x + 0.01, last.y);
  context.stroke();
  context.globalCompositeOperation = "source-over";
}
