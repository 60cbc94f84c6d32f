// SPDX-License-Identifier: Apache-2.0
// Pages of records of one register under one search; rows that others change are replaced as the
// stream tells of them.
import { api } from '$/api/client';
import type { RecordRow } from '$/api/types';
import { onNews } from '$/state/live.svelte';

export interface Search {
  register: string;
  q: string;
  sort: string | null;
  filter: Record<string, string>;
  removed: boolean;
  /** CQL2 text: what a number of the first page counts. */
  cql?: string;
}

const kPage = 100;

export class RecordList {
  rows = $state.raw<RecordRow[]>([]);
  total = $state<number | null>(null);
  loading = $state(false);
  loaded = $state(false);
  error = $state<unknown>(null);
  /** Records that others have made since the list was fetched. */
  newer = $state(0);
  private m_search: Search | null = null;
  private m_next: string | undefined;
  private m_asked = 0;

  async open(search: Search): Promise<void> {
    this.m_search = search;
    this.m_next = undefined;
    this.newer = 0;
    const mine = ++this.m_asked;
    this.loading = true;
    this.error = null;
    try {
      const page = await this.page();
      if (mine !== this.m_asked) return;
      this.rows = page.items;
      this.total = page.total ?? null;
      this.m_next = page.next;
      this.loaded = true;
    } catch (error) {
      if (mine === this.m_asked) this.error = error;
    }
    if (mine === this.m_asked) this.loading = false;
  }

  async more(): Promise<void> {
    if (!this.m_next || this.loading) return;
    const mine = this.m_asked;
    this.loading = true;
    try {
      const page = await this.page(this.m_next);
      if (mine !== this.m_asked) return;
      const held = new Set(this.rows.map((row) => row.id));
      this.rows = [...this.rows, ...page.items.filter((row) => !held.has(row.id))];
      this.m_next = page.next;
    } catch (error) {
      if (mine === this.m_asked) this.error = error;
    }
    if (mine === this.m_asked) this.loading = false;
  }

  reload(): void {
    if (this.m_search) void this.open(this.m_search);
  }

  /** Puts a row that has just been written or fetched. */
  put(row: RecordRow): void {
    if (this.rows.some((one) => one.id === row.id)) this.rows = this.rows.map((one) => (one.id === row.id ? row : one));
    else this.rows = [row, ...this.rows];
  }

  listen(): () => void {
    return onNews.listen((news) => {
      if (news.resource !== this.m_search?.register) return;
      if (!this.rows.some((row) => row.id === news.id)) {
        ++this.newer;
        return;
      }
      void api
        .get('/registers/{register}/records/{record}', { path: { register: news.resource, record: news.id } })
        .then((row) => this.put(row))
        .catch(() => {
          // Removed or no longer ours to see: the next search leaves it out.
        });
    });
  }

  private page(cursor?: string) {
    const { register, q, sort, filter, removed, cql } = this.m_search!;
    return api.get('/registers/{register}/records', {
      path: { register },
      query: { q: q || undefined, sort: sort ?? undefined, filter, cql, removed: removed || undefined, cursor, limit: kPage },
    });
  }
}
