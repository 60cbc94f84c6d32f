// SPDX-License-Identifier: Apache-2.0
// All records of one search, page by page up to a limit: for views that show a month or an area and
// not a list.
import type { RecordRow } from '$/api/types';
import type { Search } from './list.svelte';

export const kMostShown = 1000;
const kPage = 500;

interface Page {
  items: RecordRow[];
  next?: string;
  total?: number;
}
export interface AllQuery {
  q?: string;
  filter: Record<string, string>;
  sort?: string;
  removed?: boolean;
  cql?: string;
  bbox?: string;
  cursor?: string;
  limit: number;
}

export async function allOf(ask: (query: AllQuery) => Promise<Page>, search: Search, cql?: string, bbox?: string): Promise<{ rows: RecordRow[]; total: number }> {
  const rows: RecordRow[] = [];
  let cursor: string | undefined;
  let total = 0;
  do {
    const page = await ask({ q: search.q || undefined, filter: search.filter, sort: search.sort ?? undefined, removed: search.removed || undefined, cql, bbox, cursor, limit: kPage });
    rows.push(...page.items);
    total = page.total ?? rows.length;
    cursor = page.next;
  } while (cursor && rows.length < kMostShown);
  return { rows, total };
}
