import { cutTo } from "../../safe.ts";
import { html, type Markup } from "./markup.ts";
import { shortPaths } from "./short-path.ts";
import type { TrustEdge, TrustGraph, TrustNode } from "./trust.ts";

const WIDTH = 216;
const GAP = 84;
const LEFT = 14;
const TOP = 44;
const SPACE = 16;
const LINE = 16;
const TITLE_COLUMNS = 28;
const DETAIL_COLUMNS = 34;
const SWEEPS = 4;
const BEND = 4;

/** A node, or the bend of a line that passes through a layer. */
interface Spot {
  readonly id: string;
  readonly column: number;
  readonly height: number;
  readonly node?: TrustNode;
}

interface Placed extends Spot {
  readonly x: number;
  readonly y: number;
}

/** A line with its bends, from left to right. */
interface Route {
  readonly kind: TrustEdge["kind"];
  readonly through: readonly string[];
}

/** Draws the graph in layers from left to right; the order within a layer keeps lines short. */
export function graphSvg(graph: TrustGraph): Markup {
  const { spots, routes } = routed(graph);
  const stores = graph.nodes.filter(({ kind }) => kind === "holder" || kind === "truster");
  const names = shortPaths([...new Set(stores.map(({ title }) => title))], TITLE_COLUMNS);
  const layers = ordered(spots, routes, graph.columns);
  const tall = Math.max(...layers.map(layerHeight));
  const placed = new Map<string, Placed>();
  layers.forEach((layer, column) => {
    let y = TOP + (tall - layerHeight(layer)) / 2;
    for (const spot of layer) {
      placed.set(spot.id, { ...spot, x: LEFT + column * (WIDTH + GAP), y });
      y += spot.height + spaceAfter(spot);
    }
  });
  const width = LEFT * 2 + graph.columns * WIDTH + (graph.columns - 1) * GAP;
  const height = TOP + tall + 10;
  return html`<svg role="img" aria-label="${spoken(graph)}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<text class="head" x="${LEFT}" y="20">Stores with keys</text>
<text class="head" x="${LEFT + WIDTH + GAP}" y="20">rest on these certificates</text>
<text class="head" x="${width - LEFT - WIDTH}" y="20">which these stores trust</text>
${onTop(routes).map((route) => routeSvg(route, placed))}${[...placed.values()].map((spot) => nodeSvg(spot, names))}</svg>`;
}

function spoken({ nodes, oneWay, broken }: TrustGraph): string {
  const count = (kind: TrustNode["kind"]) => nodes.filter((node) => node.kind === kind).length;
  return `Who trusts whom: ${count("holder")} stores with keys, ${count("authority")} certificates they rest on, ${count("missing")} missing, ${count("truster")} stores that trust; ${broken.length} broken and ${oneWay.length} one-way relations, listed below`;
}

/** Gives a line that passes layers a spot in each, so that it runs between the nodes and not behind them. */
function routed({ nodes, edges }: TrustGraph): { spots: Spot[]; routes: Route[] } {
  const columnOf = new Map(nodes.map(({ id, column }) => [id, column]));
  const spots: Spot[] = nodes.map((node) => ({
    id: node.id,
    column: node.column,
    height: heightOf(node),
    node,
  }));
  const routes = edges.map(({ from, to, kind }, i): Route => {
    const through = [from];
    for (let at = (columnOf.get(from) ?? 0) + 1; at < (columnOf.get(to) ?? 0); at++) {
      const id = `bend ${i} ${at}`;
      spots.push({ id, column: at, height: BEND });
      through.push(id);
    }
    return { kind, through: [...through, to] };
  });
  return { spots, routes };
}

function ordered(spots: readonly Spot[], routes: readonly Route[], columns: number): Spot[][] {
  const layers = Array.from({ length: columns }, (_, column) =>
    spots.filter((spot) => spot.column === column),
  );
  const neighbours = new Map<string, string[]>();
  const meet = (a: string, b: string) => {
    const list = neighbours.get(a);
    if (list === undefined) neighbours.set(a, [b]);
    else list.push(b);
  };
  for (const { through } of routes) {
    through.slice(1).forEach((id, i) => {
      meet(through[i] as string, id);
      meet(id, through[i] as string);
    });
  }
  const rank = new Map<string, number>();
  const number = (layer: readonly Spot[]) => {
    layer.forEach(({ id }, i) => {
      rank.set(id, (i + 0.5) / layer.length);
    });
  };
  for (const layer of layers) number(layer);
  const middle = ({ id }: Spot): number => {
    const near = neighbours.get(id) ?? [];
    if (near.length === 0) return rank.get(id) ?? 0;
    return near.reduce((sum, other) => sum + (rank.get(other) ?? 0), 0) / near.length;
  };
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const layer of sweep % 2 === 0 ? layers : [...layers].reverse()) {
      const wish = new Map(layer.map((spot) => [spot.id, middle(spot)]));
      layer.sort((a, b) => (wish.get(a.id) ?? 0) - (wish.get(b.id) ?? 0));
      number(layer);
    }
  }
  return layers;
}

function heightOf({ problem }: TrustNode): number {
  return 14 + LINE * (problem === undefined ? 2 : 3);
}

function layerHeight(layer: readonly Spot[]): number {
  return layer.reduce((sum, spot) => sum + spot.height + spaceAfter(spot), 0);
}

/** Lines may run closer together than nodes stand. */
function spaceAfter({ node }: Spot): number {
  return node === undefined ? 2 : SPACE;
}

function nodeSvg({ node, x, y, height }: Placed, names: ReadonlyMap<string, string>): Markup {
  if (node === undefined) return html``;
  const { title, detail, problem } = node;
  const marked =
    node.kind === "missing"
      ? "missing"
      : problem === undefined
        ? ""
        : node.lonely === true
          ? "lonely"
          : "problem";
  return html`<g class="node ${node.kind} ${marked}"><title>${title}
${detail}</title><rect x="${x}" y="${y}" width="${WIDTH}" height="${height}" rx="6"/>
<text x="${x + 10}" y="${y + 19}">${names.get(title) ?? cutTo(title, TITLE_COLUMNS)}</text>
<text class="small" x="${x + 10}" y="${y + 19 + LINE}">${cutTo(detail, DETAIL_COLUMNS)}</text>
${problem === undefined ? undefined : html`<text class="why" x="${x + 10}" y="${y + 19 + LINE * 2}">${cutTo(problem, DETAIL_COLUMNS)}</text>`}</g>
`;
}

const DRAWN: readonly TrustEdge["kind"][] = ["issued", "trusts", "one-way", "broken"];

/** What stands out is drawn last, over the others. */
function onTop(routes: readonly Route[]): readonly Route[] {
  return [...routes].sort((a, b) => DRAWN.indexOf(a.kind) - DRAWN.indexOf(b.kind));
}

function routeSvg({ kind, through }: Route, placed: ReadonlyMap<string, Placed>): Markup {
  const spots = through.flatMap((id) => placed.get(id) ?? []);
  let path = "";
  spots.slice(1).forEach((b, i) => {
    const a = spots[i] as Placed;
    const [x1, y1] = [a.x + WIDTH, a.y + a.height / 2];
    const [x2, y2] = [b.x, b.y + b.height / 2];
    const middle = (x1 + x2) / 2;
    // Between the two sides of a bend the line runs level.
    path += `${i === 0 ? "M" : "L"}${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`;
  });
  return html`<path class="edge ${kind}" d="${path}"/>
`;
}
