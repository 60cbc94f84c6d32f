// SPDX-License-Identifier: Apache-2.0
// What a column of a Table is, and the sort of rows by one.
export interface Column<Row> {
  key: string;
  title: string;
  /** What it is sorted by; absent = not sortable here. */
  sort?: (row: Row) => string | number;
  right?: boolean;
  /** Always shown; the others can be hidden. */
  fixed?: boolean;
  width?: string;
  /** Where there is no room: the higher, the earlier it goes; of equal ones the rightmost. */
  spare?: number;
}

export interface Order {
  key: string;
  down: boolean;
}

/** The key of the column that goes next when there is no room; null when all that are left must stay. */
export function nextToGo<Row>(columns: Column<Row>[]): string | null {
  let out: Column<Row> | null = null;
  for (const column of columns) {
    if (!column.fixed && (!out || (column.spare ?? 0) >= (out.spare ?? 0))) out = column;
  }
  return out?.key ?? null;
}

/** Columns in the order of `keys` ("due,title"); those that are not among them follow as they stood. */
export function inOrder<Row>(columns: Column<Row>[], keys: string | null): Column<Row>[] {
  const wanted = keys ? keys.split(',') : [];
  const named = wanted.map((key) => columns.find((column) => column.key === key)).filter((one) => one !== undefined);
  return [...named, ...columns.filter((column) => !wanted.includes(column.key))];
}
/** The keys with one of them a step to the left or right. */
export function moved(keys: string[], key: string, by: -1 | 1): string[] {
  const at = keys.indexOf(key);
  const to = at + by;
  if (at < 0 || to < 0 || to >= keys.length) return keys;
  const out = [...keys];
  [out[at], out[to]] = [out[to]!, out[at]!];
  return out;
}

export const kMostFrozen = 4;
/** How many columns stay at the left while the list is scrolled sideways; 0 = none, and no scrolling. */
export function frozenOf(text: string | null): number {
  const n = Number(text);
  return Number.isInteger(n) && n > 0 ? Math.min(n, kMostFrozen) : 0;
}

export function sorted<Row>(rows: Row[], columns: Column<Row>[], order: Order | null): Row[] {
  const by = order && columns.find((column) => column.key === order.key)?.sort;
  if (!by) return rows;
  const sign = order.down ? -1 : 1;
  const compare = (a: string | number, b: string | number) =>
    typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b), 'zh-CN', { numeric: true });
  return [...rows].sort((a, b) => sign * compare(by(a), by(b)));
}

export function readOrder(text: string | null): Order | null {
  if (!text) return null;
  return text.startsWith('-') ? { key: text.slice(1), down: true } : { key: text, down: false };
}
export function writeOrder(order: Order | null): string | null {
  return order ? (order.down ? '-' : '') + order.key : null;
}

/** Cells for a spreadsheet: quotes where needed, and no cell that a program would run as a formula. */
export function csv(rows: (string | number | null | undefined)[][]): string {
  const cell = (value: string | number | null | undefined) => {
    let text = value === null || value === undefined ? '' : String(value);
    if (typeof value === 'string' && /^[=+\-@\t\r]/.test(text)) text = `'${text}`;
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return `\ufeff${rows.map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`;
}

export function download(name: string, type: string, content: string | Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
