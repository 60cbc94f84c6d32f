// SPDX-License-Identifier: Apache-2.0
// All records of one search, page by page up to a limit: for views that show a month or an area and
// not a list. They are asked again when somebody changes the register, once for many changes.
import { api } from '$/api/client';
import type { RecordRow } from '$/api/types';
import { onNews } from '$/state/live.svelte';
import type { Search } from './list.svelte';

export const kMostShown = 1000;
const kPage = 500;

const kAfterNewsMs = 500;

export interface Narrowing {
  /** CQL2 text. */
  cql?: string;
  /** west,south,east,north */
  bbox?: string;
}

/** Both conditions in CQL2. */
export function bothOf(a: string | undefined, b: string | undefined): string | undefined {
  return a && b ? `(${a}) AND (${b})` : a || b;
}

async function fetchAll(search: Search, narrowing: Narrowing): Promise<{ rows: RecordRow[]; total: number }> {
  const { register, q, sort, filter, removed } = search;
  const rows: RecordRow[] = [];
  let cursor: string | undefined;
  let total = 0;
  do {
    const page = await api.get('/registers/{register}/records', {
      path: { register },
      query: { q: q || undefined, filter, sort: sort ?? undefined, removed: removed || undefined, ...narrowing, cql: bothOf(search.cql, narrowing.cql), cursor, limit: kPage },
    });
    rows.push(...page.items);
    total = page.total ?? rows.length;
    cursor = page.next;
  } while (cursor && rows.length < kMostShown);
  return { rows, total };
}

export class AllRecords {
  rows = $state.raw<RecordRow[]>([]);
  total = $state(0);
  loading = $state(true);
  loaded = $state(false);
  error = $state.raw<unknown>(null);
  private m_ask: (() => Promise<void>) | null = null;
  private m_asked = 0;

  /** Asks now, and again with news; ends with what it returns. */
  follow(search: Search, narrowing: Narrowing): () => void {
    this.m_ask = () => this.load(search, narrowing);
    void this.m_ask();
    let pause: ReturnType<typeof setTimeout> | undefined;
    const end = onNews.listen((news) => {
      if (news.resource !== search.register) return;
      clearTimeout(pause);
      pause = setTimeout(() => this.retry(), kAfterNewsMs);
    });
    return () => {
      clearTimeout(pause);
      end();
    };
  }
  retry(): void {
    void this.m_ask?.();
  }
  private async load(search: Search, narrowing: Narrowing): Promise<void> {
    const mine = ++this.m_asked;
    this.loading = true;
    try {
      const found = await fetchAll(search, narrowing);
      if (mine !== this.m_asked) return;
      ({ rows: this.rows, total: this.total } = found);
      this.error = null;
      this.loaded = true;
    } catch (error) {
      if (mine === this.m_asked) this.error = error;
    }
    if (mine === this.m_asked) this.loading = false;
  }
}
