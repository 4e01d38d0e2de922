// Line plots as SVG text: axes with round ticks, one coloured line per series, a legend at the right.

export interface Series {
  name: string;
  points: readonly (readonly [number, number])[];
  dashed?: boolean;
}

export interface LinePlot {
  title: string;
  x: string;
  y: string;
  series: readonly Series[];
  /** Default: what the points span. */
  yRange?: readonly [number, number];
}

const COLOURS = [
  '#d62728',
  '#1f77b4',
  '#2ca02c',
  '#ff7f0e',
  '#9467bd',
  '#8c564b',
  '#e377c2',
  '#17becf',
  '#bcbd22',
  '#000000',
  '#6b6ecf',
  '#637939',
  '#e7969c',
  '#7f7f7f',
];
const WIDTH = 760;
const HEIGHT = 420;
const LEFT = 56;
const RIGHT = 170;
const TOP = 36;
const BOTTOM = 48;

export function linePlot(plot: LinePlot): string {
  const points = plot.series.flatMap((series) => series.points);
  if (points.length === 0) throw new RangeError(`plot '${plot.title}' has no points`);
  if (points.some((point) => point.some((value) => !Number.isFinite(value))))
    throw new RangeError(`plot '${plot.title}' has a point that is not finite`);
  const [left, right] = span(points.map(([x]) => x));
  const [low, high] = plot.yRange ?? span(points.map(([, y]) => y));
  const toX = (x: number): number => LEFT + ((x - left) / (right - left)) * (WIDTH - LEFT - RIGHT);
  const toY = (y: number): number =>
    HEIGHT - BOTTOM - ((Math.min(Math.max(y, low), high) - low) / (high - low)) * (HEIGHT - TOP - BOTTOM);
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>`,
    text(LEFT, 22, plot.title, 'font-size="15"'),
    text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, plot.x, 'text-anchor="middle"'),
    text(
      14,
      (TOP + HEIGHT - BOTTOM) / 2,
      plot.y,
      `text-anchor="middle" transform="rotate(-90 14 ${(TOP + HEIGHT - BOTTOM) / 2})"`,
    ),
  ];
  for (const tick of ticks(left, right)) {
    parts.push(line(toX(tick), TOP, toX(tick), HEIGHT - BOTTOM));
    parts.push(text(toX(tick), HEIGHT - BOTTOM + 16, show(tick), 'text-anchor="middle"'));
  }
  for (const tick of ticks(low, high)) {
    parts.push(line(LEFT, toY(tick), WIDTH - RIGHT, toY(tick)));
    parts.push(text(LEFT - 6, toY(tick) + 4, show(tick), 'text-anchor="end"'));
  }
  plot.series.forEach((series, i) => {
    const colour = COLOURS[i % COLOURS.length]!;
    const dash = series.dashed ? ' stroke-dasharray="5 4"' : '';
    const path = series.points.map(([x, y]) => `${toX(x).toFixed(1)},${toY(y).toFixed(1)}`).join(' ');
    parts.push(`<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="1.8"${dash}/>`);
    const y = TOP + 10 + 20 * i;
    parts.push(
      `<line x1="${WIDTH - RIGHT + 12}" y1="${y}" x2="${WIDTH - RIGHT + 36}" y2="${y}" stroke="${colour}" stroke-width="2"${dash}/>`,
      text(WIDTH - RIGHT + 42, y + 4, series.name),
    );
  });
  return `${parts.join('\n')}\n</svg>\n`;
}

/** Round numbers, about six of them, from `low` to `high`. */
export function ticks(low: number, high: number): number[] {
  const rough = (high - low) / 6;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * (rough / power > 5 ? 10 : rough / power > 2 ? 5 : rough / power > 1 ? 2 : 1);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(10)));
}

function span(values: readonly number[]): [number, number] {
  const low = Math.min(...values);
  const high = Math.max(...values);
  return high > low ? [low, high] : [low - 0.5, high + 0.5];
}

const show = (value: number): string => String(value);

const escape = (value: string): string =>
  value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

function text(x: number, y: number, value: string, attributes = ''): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}"${attributes ? ` ${attributes}` : ''}>${escape(value)}</text>`;
}

function line(x1: number, y1: number, x2: number, y2: number): string {
  return `<line x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}" stroke="#dddddd"/>`;
}
