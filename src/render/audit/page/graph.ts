import { columnsOf, cutTo } from "../../safe.ts";
import { html, type Markup } from "./markup.ts";
import type { TrustEdge, TrustGraph, TrustNode } from "./trust.ts";

const WIDTH = 220;
const GAP = 110;
const LEFT = 14;
const TOP = 44;
const SPACE = 16;
const LINE = 16;
const TITLE_COLUMNS = 31;
const DETAIL_COLUMNS = 34;
const SWEEPS = 4;

interface Placed {
  readonly node: TrustNode;
  readonly x: number;
  readonly y: number;
  readonly height: number;
}

/** Draws the graph in layers from left to right; the order within a layer keeps lines short. */
export function graphSvg(graph: TrustGraph): Markup {
  const layers = ordered(graph);
  const tall = Math.max(...layers.map((layer) => layerHeight(layer)));
  const placed = new Map<string, Placed>();
  layers.forEach((layer, column) => {
    let y = TOP + (tall - layerHeight(layer)) / 2;
    for (const node of layer) {
      const height = heightOf(node);
      placed.set(node.id, { node, x: LEFT + column * (WIDTH + GAP), y, height });
      y += height + SPACE;
    }
  });
  const width = LEFT * 2 + graph.columns * WIDTH + (graph.columns - 1) * GAP;
  const height = TOP + tall + 10;
  return html`<svg role="img" aria-label="${spoken(graph)}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<text class="head" x="${LEFT}" y="20">Stores with keys</text>
<text class="head" x="${LEFT + WIDTH + GAP}" y="20">rest on these certificates</text>
<text class="head" x="${width - LEFT - WIDTH}" y="20">which these stores trust</text>
${graph.edges.map((edge) => edgeSvg(edge, placed))}${[...placed.values()].map(nodeSvg)}</svg>`;
}

function spoken({ nodes, oneWay, broken }: TrustGraph): string {
  const count = (kind: TrustNode["kind"]) => nodes.filter((node) => node.kind === kind).length;
  return `Who trusts whom: ${count("holder")} stores with keys, ${count("authority")} certificates they rest on, ${count("missing")} missing, ${count("truster")} stores that trust; ${broken.length} broken and ${oneWay.length} one-way relations, listed below`;
}

function ordered({ nodes, edges, columns }: TrustGraph): TrustNode[][] {
  const layers = Array.from({ length: columns }, (_, column) =>
    nodes.filter((node) => node.column === column),
  );
  const neighbours = new Map<string, string[]>();
  const meet = (a: string, b: string) => {
    const list = neighbours.get(a);
    if (list === undefined) neighbours.set(a, [b]);
    else list.push(b);
  };
  for (const { from, to } of edges) {
    meet(from, to);
    meet(to, from);
  }
  const rank = new Map<string, number>();
  const number = (layer: readonly TrustNode[]) => {
    layer.forEach((node, i) => {
      rank.set(node.id, (i + 0.5) / layer.length);
    });
  };
  for (const layer of layers) number(layer);
  const middle = ({ id }: TrustNode): number => {
    const near = neighbours.get(id) ?? [];
    if (near.length === 0) return rank.get(id) ?? 0;
    return near.reduce((sum, other) => sum + (rank.get(other) ?? 0), 0) / near.length;
  };
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const layer of sweep % 2 === 0 ? layers : [...layers].reverse()) {
      const wish = new Map(layer.map((node) => [node.id, middle(node)]));
      layer.sort((a, b) => (wish.get(a.id) ?? 0) - (wish.get(b.id) ?? 0));
      number(layer);
    }
  }
  return layers;
}

function heightOf({ problem }: TrustNode): number {
  return 14 + LINE * (problem === undefined ? 2 : 3);
}

function layerHeight(layer: readonly TrustNode[]): number {
  return layer.reduce((sum, node) => sum + heightOf(node) + SPACE, 0);
}

function nodeSvg({ node, x, y, height }: Placed): Markup {
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
<text x="${x + 10}" y="${y + 19}">${cutStart(title, TITLE_COLUMNS, node.kind)}</text>
<text class="small" x="${x + 10}" y="${y + 19 + LINE}">${cutTo(detail, DETAIL_COLUMNS)}</text>
${problem === undefined ? undefined : html`<text class="why" x="${x + 10}" y="${y + 19 + LINE * 2}">${cutTo(problem, DETAIL_COLUMNS)}</text>`}</g>
`;
}

/** Of a path the end says most, of a name the beginning. */
function cutStart(text: string, width: number, kind: TrustNode["kind"]): string {
  if (kind === "authority" || kind === "missing" || columnsOf(text) <= width)
    return cutTo(text, width);
  const tail = [...text].slice(-(width - 1)).join("");
  return cutTo(`…${tail}`, width);
}

function edgeSvg({ from, to, kind }: TrustEdge, placed: ReadonlyMap<string, Placed>): Markup {
  const a = placed.get(from);
  const b = placed.get(to);
  if (a === undefined || b === undefined) return html``;
  const [x1, y1] = [a.x + WIDTH, a.y + a.height / 2];
  const [x2, y2] = [b.x, b.y + b.height / 2];
  const bend = Math.max(40, (x2 - x1) / 2);
  return html`<path class="edge ${kind}" d="M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}"/>
`;
}
