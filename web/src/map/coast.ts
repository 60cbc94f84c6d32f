// SPDX-License-Identifier: Apache-2.0
// The coast of data/coast as land and as shore lines. Land ends at the frame of a file with a
// straight edge that is no coast; drawn as a line it would look like a boundary, so it is left out.
type Position = [number, number];
interface Polygons {
  features: { geometry: { type: string; coordinates: unknown } }[];
}

export interface Coast {
  land: GeoJSON.FeatureCollection;
  shore: GeoJSON.FeatureCollection;
}

/** [lower, upper] of longitude and latitude at which the files were cut (data/coast/README.md). */
const kFrame: Position[] = [[118, 126], [34, 40]];

function onFrame(a: Position, b: Position, [lons, lats]: Position[]): boolean {
  const near = (value: number, edge: number) => Math.abs(value - edge) < 0.011;
  const same = (axis: 0 | 1, edges: Position | undefined) =>
    (edges ?? []).some((edge) => near(a[axis], edge) && near(b[axis], edge));
  return same(0, lons) || same(1, lats) || same(0, [-180, 180]) || same(1, [-90, 90]);
}

export function shoreLines(ring: Position[], edges: Position[]): Position[][] {
  const out: Position[][] = [];
  let line: Position[] = [];
  for (let i = 1; i < ring.length; ++i) {
    const [a, b] = [ring[i - 1]!, ring[i]!];
    if (onFrame(a, b, edges)) {
      if (line.length > 1) out.push(line);
      line = [];
      continue;
    }
    if (line.length === 0) line.push(a);
    line.push(b);
  }
  if (line.length > 1) out.push(line);
  return out;
}

let loaded: Promise<Coast> | null = null;

/** Loaded once; a failed load is tried again by the next call. */
export function loadCoast(): Promise<Coast> {
  loaded ??= Promise.all(__COAST_FILES__.map(loadFile)).then((files) => ({
    land: { type: 'FeatureCollection' as const, features: files.flatMap((file) => file.land) },
    shore: { type: 'FeatureCollection' as const, features: files.flatMap((file) => file.shore) },
  }));
  loaded.catch(() => (loaded = null));
  return loaded;
}

async function loadFile(name: string): Promise<{ land: GeoJSON.Feature[]; shore: GeoJSON.Feature[] }> {
  const response = await fetch(`/coast/${name}`);
  if (!response.ok) throw new Error(`coast ${name}: HTTP ${response.status}`);
  const file = (await response.json()) as Polygons;
  const lines: Position[][] = [];
  for (const { geometry } of file.features) {
    const polygons = (geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates) as Position[][][];
    for (const rings of polygons) for (const ring of rings) lines.push(...shoreLines(ring, kFrame));
  }
  const shore: GeoJSON.Feature = {
    type: 'Feature',
    properties: {},
    geometry: { type: 'MultiLineString', coordinates: lines },
  };
  return { land: file.features as unknown as GeoJSON.Feature[], shore: [shore] };
}
